//go:build noembed

package embedded

import "context"

// Start returns ErrLeftOut: the server is not part of this program.
func Start(context.Context, Options) (*Server, error) { return nil, ErrLeftOut }
