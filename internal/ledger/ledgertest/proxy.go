package ledgertest

import (
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
)

// Proxy is between a program and a PostgreSQL server, and fails on demand.
type Proxy struct {
	listener net.Listener
	to       func() (net.Conn, error)

	mu    sync.Mutex
	turn  *sync.Cond
	mode  Mode
	delay time.Duration
	pairs map[*pair]struct{}
	shut  bool
}

// Mode is what a Proxy does.
type Mode int

const (
	Pass   Mode = iota
	Silent      // connections are taken and stay open, and nothing passes, ever again on those that were used meanwhile
	Refuse      // connections are closed at once, open ones too
	Hang        // connections are made, and nothing that is asked afterwards is answered
)

type pair struct {
	near, far net.Conn
	silent    bool // nothing passes any more, even after the proxy is set to Pass again
}

// NewProxy gives a proxy before the PostgreSQL at an address, and the address
// through it. It ends with the test.
func NewProxy(t testing.TB, address string) (p *Proxy, through string) {
	t.Helper()
	cfg, err := pq.NewConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	network, server := "tcp", net.JoinHostPort(cfg.Host, strconv.Itoa(int(cfg.Port)))
	if filepath.IsAbs(cfg.Host) {
		network, server = "unix", filepath.Join(cfg.Host, ".s.PGSQL."+strconv.Itoa(int(cfg.Port)))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p = &Proxy{listener: l, to: func() (net.Conn, error) { return net.Dial(network, server) }, pairs: map[*pair]struct{}{}}
	p.turn = sync.NewCond(&p.mu)
	go p.accept()
	t.Cleanup(p.close)
	return p, At(t, address, l.Addr().String())
}

// At is a PostgreSQL address with another host and port.
func At(t testing.TB, address, hostport string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("host")
	u.Host, u.RawQuery = hostport, q.Encode()
	return u.String()
}

// Set changes what the proxy does from now on.
func (p *Proxy) Set(m Mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
	for c := range p.pairs {
		switch m {
		case Silent:
			c.silent = true
		case Refuse:
			c.near.Close()
			c.far.Close()
		}
	}
	p.turn.Broadcast()
}

// Cut closes what is open; new connections are as before.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.pairs {
		c.near.Close()
		c.far.Close()
	}
}

// Forget makes what is open now silent for ever, as a firewall does that forgot
// it; new connections are as before.
func (p *Proxy) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.pairs {
		c.silent = true
	}
}

// Delay puts every packet off.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Open counts the connections that are open.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pairs)
}

func (p *Proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		mode := p.mode
		p.mu.Unlock()
		if mode == Refuse {
			near.Close()
			continue
		}
		far, err := p.to()
		if err != nil {
			near.Close()
			continue
		}
		c := &pair{near: near, far: far, silent: mode == Silent}
		p.mu.Lock()
		p.pairs[c] = struct{}{}
		p.mu.Unlock()
		if mode == Hang {
			go p.letIn(c)
			continue
		}
		go p.copy(c, near, far)
		go p.copy(c, far, near)
	}
}

// letIn passes what belongs to the making of a connection, up to the server's
// word that it is ready, and nothing more.
func (p *Proxy) letIn(c *pair) {
	go p.copy(c, c.far, c.near)
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.far.Read(buffer)
		if err != nil {
			break
		}
		if _, err := c.near.Write(buffer[:n]); err != nil {
			break
		}
		if n >= 6 && string(buffer[n-6:n-1]) == "Z\x00\x00\x00\x05" {
			p.mu.Lock()
			c.silent = true
			p.mu.Unlock()
			p.copy(c, c.near, c.far)
			return
		}
	}
	c.near.Close()
	c.far.Close()
}

func (p *Proxy) copy(c *pair, to, from net.Conn) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			break
		}
		p.mu.Lock()
		for c.silent && !p.shut {
			p.turn.Wait() // the other side does not see either that this side closes the connection
		}
		delay := p.delay
		p.mu.Unlock()
		time.Sleep(delay)
		if _, err := to.Write(buffer[:n]); err != nil {
			break
		}
	}
	c.near.Close()
	c.far.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pairs, c)
}

func (p *Proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = true
	for c := range p.pairs {
		c.near.Close()
		c.far.Close()
	}
	p.turn.Broadcast()
}
