package door

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Names in the certificates, by which the engine tells who calls.
const (
	Owner  = "owner"  // may do everything: who can read engine.json, and the engine's own parts
	Reader = "reader" // may only look: the web UI
)

// Keys are the keys of one start of an engine: whoever holds them can reach that engine and
// be sure that it is the one. All are PEM.
type Keys struct {
	Authority   string `json:"authority"`   // signs the certificates of this start and nothing else
	Certificate string `json:"certificate"` // the holder's
	Key         string `json:"key"`

	reader, server *pair // known to the engine alone
}

type pair struct{ certificate, key string }

// NewKeys makes the keys of one start. The authority's own key is thrown away:
// nothing can be signed by it later.
func NewKeys() (*Keys, error) {
	authority, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	root := certificate("duban engine")
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	raw, err := x509.CreateCertificate(rand.Reader, root, root, authority.Public(), authority)
	if err != nil {
		return nil, err
	}
	issue := func(name string) (*pair, error) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		c := certificate(name)
		c.KeyUsage = x509.KeyUsageDigitalSignature
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		if name == server {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			c.DNSNames, c.IPAddresses = []string{server}, []net.IP{net.ParseIP(host)}
		}
		signed, err := x509.CreateCertificate(rand.Reader, c, root, key.Public(), authority)
		if err != nil {
			return nil, err
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		return &pair{block("CERTIFICATE", signed), block("PRIVATE KEY", private)}, nil
	}
	var pairs [3]*pair
	for i, name := range []string{Owner, Reader, server} {
		if pairs[i], err = issue(name); err != nil {
			return nil, err
		}
	}
	return &Keys{
		Authority: block("CERTIFICATE", raw), Certificate: pairs[0].certificate, Key: pairs[0].key,
		reader: pairs[1], server: pairs[2],
	}, nil
}

// server is the name every engine's certificate bears.
const server = "duban-engine"

// certificate is valid at any time: a clock that is set back keeps nobody out.
func certificate(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte(name)), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
}

func block(kind string, raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
}

// Client is how the holder calls the engine.
func (k *Keys) Client() (*tls.Config, error) {
	return k.config(&pair{k.Certificate, k.Key})
}

// Server is how the engine's services answer: only to holders of its keys. It
// works in the process that made the keys.
func (k *Keys) Server() (*tls.Config, error) {
	if k.server == nil {
		return nil, errors.New("these keys are a caller's")
	}
	c, err := k.config(k.server)
	if err != nil {
		return nil, err
	}
	c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, c.RootCAs
	return c, nil
}

// Reader is how a caller that may only look calls the engine. It works in the process that
// made the keys.
func (k *Keys) Reader() (*tls.Config, error) {
	if k.reader == nil {
		return nil, errors.New("these keys are a caller's")
	}
	return k.config(k.reader)
}

func (k *Keys) config(own *pair) (*tls.Config, error) {
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM([]byte(k.Authority)) {
		return nil, errors.New("engine.json: no certificate of an authority")
	}
	c, err := tls.X509KeyPair([]byte(own.certificate), []byte(own.key))
	if err != nil {
		return nil, fmt.Errorf("engine.json: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, RootCAs: authorities, Certificates: []tls.Certificate{c},
		ServerName: server, NextProtos: []string{"h2"},
	}, nil
}
