//go:build !noembed

package embedded

import (
	"crypto/tls"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/rpc/encryption"

	"duban/internal/door"
)

// secured makes all four services answer only to holders of the keys, and call each other with them.
func secured(keys *door.Keys) (encryption.TLSConfigProvider, error) {
	server, err := keys.Server()
	if err != nil {
		return nil, err
	}
	client, err := keys.Client()
	if err != nil {
		return nil, err
	}
	return &encryption.FixedTLSConfigProvider{
		InternodeServerConfig: server, InternodeClientConfig: client,
		FrontendServerConfig: server, FrontendClientConfig: client,
		RemoteClusterClientConfigs: map[string]*tls.Config{host: client},
	}, nil
}

// bearer tells by the name in a caller's certificate what the caller may do: door.Owner everything, door.Reader look.
type bearer struct{}

func (bearer) GetClaims(caller *authorization.AuthInfo) (*authorization.Claims, error) {
	claims := &authorization.Claims{AuthType: "certificate"}
	if caller.TLSSubject == nil {
		return claims, nil
	}
	claims.Subject = caller.TLSSubject.CommonName
	switch claims.Subject {
	case door.Owner:
		claims.System = authorization.RoleAdmin
	case door.Reader:
		claims.System = authorization.RoleReader
	}
	return claims, nil
}
