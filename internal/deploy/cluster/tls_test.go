package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"duban/internal/deploy/cluster"
	"duban/internal/ledger/ledgertest"
)

// authority signs certificates, and writes them as files.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.signed("ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// signed writes NAME.pem and NAME.key.
func (a *authority) signed(name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	by, with := c, key
	if a.cert != nil {
		by, with = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, with)
	require.NoError(a.t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	for file, block := range map[string]*pem.Block{name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: raw}} {
		require.NoError(a.t, os.WriteFile(a.file(file), pem.EncodeToMemory(block), 0o600))
	}
	made, err := x509.ParseCertificate(der)
	require.NoError(a.t, err)
	return made, key
}

// TestTLS: with the settings that docs/operations.md names, Temporal answers to who has
// a certificate of the office's authority, and to nobody else.
func TestTLS(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	both := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	a.signed("temporal", &x509.Certificate{DNSNames: []string{"temporal.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: both})
	a.signed("worker", &x509.Certificate{ExtKeyUsage: both})
	pair, err := tls.LoadX509KeyPair(a.file("worker.pem"), a.file("worker.key"))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	caller := map[string]string{
		"TEMPORAL_TLS": "true", "TEMPORAL_TLS_CLIENT_CERT_PATH": a.file("worker.pem"), "TEMPORAL_TLS_CLIENT_KEY_PATH": a.file("worker.key"),
		"TEMPORAL_TLS_SERVER_CA_CERT_PATH": a.file("ca.pem"),
	}
	at := cluster.Secured(t, ledgertest.Postgres(t), cluster.Keys{
		Server: map[string]string{
			"TEMPORAL_TLS_REQUIRE_CLIENT_AUTH": "true", "TEMPORAL_TLS_CLIENT1_CA_CERT": a.file("ca.pem"),
			"TEMPORAL_TLS_FRONTEND_CERT": a.file("temporal.pem"), "TEMPORAL_TLS_FRONTEND_KEY": a.file("temporal.key"), "TEMPORAL_TLS_FRONTEND_SERVER_NAME": "temporal.example",
			"TEMPORAL_TLS_SERVER_CERT": a.file("temporal.pem"), "TEMPORAL_TLS_SERVER_KEY": a.file("temporal.key"), "TEMPORAL_TLS_SERVER_CA_CERT": a.file("ca.pem"),
			"TEMPORAL_TLS_INTERNODE_SERVER_NAME": "temporal.example",
		},
		Caller: caller,
		TLS:    &tls.Config{Certificates: []tls.Certificate{pair}, RootCAs: pool},
	})
	ask := func(env map[string]string) error {
		env["TEMPORAL_ADDRESS"], env["TEMPORAL_NAMESPACE"] = at.Address, at.Namespace
		options, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{EnvLookup: lookup(env), ConfigFileData: []byte("[profile.default]\n")})
		require.NoError(t, err)
		c, err := client.NewLazyClient(options)
		require.NoError(t, err)
		defer c.Close()
		_, err = c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: at.Namespace})
		return err
	}
	require.NoError(t, ask(caller))
	require.Error(t, ask(map[string]string{"TEMPORAL_TLS": "true", "TEMPORAL_TLS_SERVER_CA_CERT_PATH": a.file("ca.pem")}), "without a certificate")
	require.Error(t, ask(map[string]string{}), "in clear")
}

// lookup is an environment of its own.
type lookup map[string]string

func (l lookup) Environ() []string { return nil }

func (l lookup) LookupEnv(name string) (string, bool) {
	v, ok := l[name]
	return v, ok
}
