package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/portal"
)

// object is a task, a talk … that a route is about: whose it is decides what is shown.
type object struct{ plan, task, of string }

var objects = []object{
	{"water", "g1", "gaoping's"},
	{"water", "w1", "shuiwu's, in which gaoping assists"},
	{"air", "boiler", "of the other plan"},
	{"water", "nosuch", "of nobody"},
}

// sees tells which accounts may look at which object.
var sees = map[string]string{
	"g1": "gaoping clerk mayor", "w1": "shuiwu gaoping clerk mayor", "boiler": "other airclerk", "nosuch": "",
}

// oversees tells which accounts may look at all of which plan.
var oversees = map[string]string{"water": "clerk mayor", "air": "airclerk"}

// roleOf are the roles of the accounts of the tests.
var roleOf = map[string]portal.Role{
	"": portal.Anybody, "shuiwu": portal.Unit, "gaoping": portal.Unit, "clerk": portal.Office, "mayor": portal.Leader,
	"other": portal.Unit, "airclerk": portal.Office, "stranger": portal.Idle,
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// filled is a route's path with an object's IDs in it.
func filled(path string, o object) string {
	path = strings.TrimSuffix(path, "{$}")
	return placeholder.ReplaceAllStringFunc(path, func(p string) string {
		switch p {
		case "{plan}":
			return o.plan
		case "{task}":
			return o.task
		case "{talk}":
			return url.PathEscape(o.task + "#1") // of no task in this world: nobody sees one
		case "{kind}":
			return "instruct"
		case "{deed}":
			return "write_report"
		case "{publish}":
			return "write_text"
		case "{unit}":
			return map[string]string{"water": "shuiwu", "air": "huanbao"}[o.plan]
		case "{seat}":
			return "liaison"
		}
		return strings.Repeat("0", 64)
	})
}

// TestWhoMayGoWhere walks the table of routes: every route × every account × an object
// of the account's own, of another unit and of another plan. Other tests look at what a
// route shows; this one checks that nobody gets in where they may not.
func TestWhoMayGoWhere(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	for account, role := range roleOf {
		b := s.browser()
		if account != "" {
			b.signIn(account)
		}
		for _, rt := range portal.Routes() {
			for _, o := range objects {
				if !strings.Contains(rt.Path, "{plan}") && o != objects[0] {
					continue
				}
				path := filled(rt.Path, o)
				name := account + " " + rt.Method + " " + path
				if rt.Method == http.MethodGet {
					a := b.begin(path)
					switch {
					case account == "" && rt.Who&portal.Anybody == 0:
						assert.Equal(t, http.StatusSeeOther, a.status, name)
						assert.True(t, strings.HasPrefix(a.to(), "/signin"), name)
					case rt.Who&(role|portal.Anybody) == 0:
						assert.Equal(t, http.StatusForbidden, a.status, name)
					case strings.HasPrefix(rt.Path, "/signin/oidc"), strings.HasPrefix(rt.Path, "/letters"): // this portal has no other sign-in service, and no plan is tried out
						assert.Equal(t, http.StatusNotFound, a.status, name)
					case rt.Path == "/health" || rt.Path == "/ledger/proof": // with two offices neither sees all of every plan
						assert.Equal(t, http.StatusForbidden, a.status, name)
					case strings.Contains(rt.Path, "{talk}"):
						assert.Equal(t, http.StatusNotFound, a.status, name)
					case strings.Contains(rt.Path, "{task}"):
						assert.Equal(t, !strings.Contains(rt.Path, "{hash}") && may(account, o.task), a.status == http.StatusOK, "%s: %d", name, a.status)
						if !may(account, o.task) {
							assert.Equal(t, http.StatusNotFound, a.status, name)
							assert.NotContains(t, a.body, "管网改造第1项", name)
							assert.NotContains(t, a.body, "关停燃煤锅炉", name)
						}
					case strings.Contains(rt.Path, "{plan}"): // all of a plan
						whole := strings.Contains(" "+oversees[o.plan]+" ", " "+account+" ")
						assert.Equal(t, whole, a.status == http.StatusOK, "%s: %d", name, a.status)
						if !whole {
							assert.Equal(t, http.StatusForbidden, a.status, name)
							assert.NotContains(t, a.body, "管网改造第1项", name)
							assert.NotContains(t, a.body, "关停燃煤锅炉", name)
							assert.NotContains(t, a.body, o.plan+"计划", name)
						}
					case strings.Contains(rt.Path, "{"):
						assert.Less(t, a.status, 500, name)
					default:
						assert.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, a.status, name)
					}
					continue
				}
				// A post without a token never does anything, whoever sends it.
				a := b.post(path, url.Values{"id": {"web-" + strings.Repeat("0", 24)}, "reason": {"x"}, "token": {"0"}})
				switch {
				case account == "" && rt.Who&portal.Anybody == 0:
					assert.Equal(t, http.StatusUnauthorized, a.status, name)
				case strings.HasPrefix(rt.Path, "/signin") && a.to() != "": // whoever is signed in, or has no sign-in under way, is sent elsewhere
					assert.Contains(t, []string{"/", "/signin"}, a.to(), name)
					continue
				default:
					assert.Contains(t, []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone}, a.status, name)
				}
				assert.Empty(t, a.to(), name)
			}
		}
	}
}

// TestADraftIsItsOfficesOnly walks every route of a draft: for another office there is no
// such draft, whatever it sends with a good token; other roles are not let in; and none of
// them changes anything of the draft.
func TestADraftIsItsOfficesOnly(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	owner := s.as("airclerk")
	path := owner.begins(file{"保密的计划.txt", issued})
	owner.until(path)
	id := strings.TrimPrefix(path, "/drafts/")
	before, err := w.drafts.Of(t.Context(), id, "daqi")
	require.NoError(t, err)
	walked := 0
	for account, role := range roleOf {
		b := s.browser()
		token := ""
		if account != "" {
			b.signIn(account)
			token = b.form("/me").Get("token")
		}
		for _, rt := range portal.Routes() {
			if !strings.Contains(rt.Path, "{draft}") {
				continue
			}
			walked++
			at := strings.NewReplacer("{draft}", id, "{name}", "units.yaml").Replace(rt.Path)
			name := account + " " + rt.Method + " " + at
			var a answer
			switch {
			case rt.Method == http.MethodGet:
				a = b.get(at)
			case account == "airclerk":
				continue // other tests check that these routes change the draft
			default:
				a = b.post(at, url.Values{"token": {token}, "version": {"1"}, "do": {"1"}, "remove": {"保密的计划.txt"}, "text": {"x"}, "was": {""}, "was-paper": {""}, "f-paper": {"x"}, "a-date-00000000": {"x"}})
			}
			switch {
			case account == "airclerk":
				require.NotEqual(t, http.StatusNotFound, a.status, name)
				continue
			case account == "" && rt.Method == http.MethodGet:
				require.Equal(t, http.StatusSeeOther, a.status, name)
			case account == "":
				require.Equal(t, http.StatusUnauthorized, a.status, name)
			case role == portal.Office:
				require.Equal(t, http.StatusNotFound, a.status, name)
			default:
				require.Equal(t, http.StatusForbidden, a.status, name)
			}
			require.NotContains(t, a.body, "保密的计划", name)
		}
	}
	require.GreaterOrEqual(t, walked, 13*len(roleOf), "every route of a draft")
	after, err := w.drafts.Of(t.Context(), id, "daqi")
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func may(account, task string) bool {
	return account != "" && strings.Contains(" "+sees[task]+" ", " "+account+" ")
}

// TestWhatIsNotInTheTableIsNotServed: other addresses, other methods, other spellings.
func TestWhatIsNotInTheTableIsNotServed(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	for _, b := range []*browser{s.browser(), s.as("clerk")} {
		for _, path := range []string{"/nosuch", "/todo/", "/todo/x", "/static/", "/static/..%2fportal.go", "/static/../templates/do.html", "/templates/do.html", "/plans/", "/plans/water/tasks", "/plans/water/", "/lead/x", "/.git/config", "/plans/water/tasks/w1/do", "/%2e%2e/etc/passwd"} {
			a := b.get(path)
			if a.status == http.StatusMovedPermanently || a.status == http.StatusTemporaryRedirect || a.status == http.StatusPermanentRedirect { // the mux's own: to the path without ..
				a = b.get(a.to())
			}
			require.Equal(t, http.StatusNotFound, a.status, path)
		}
		for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, http.MethodTrace} {
			a := b.send(b.request(method, "/todo", nil))
			require.Equal(t, http.StatusMethodNotAllowed, a.status, method)
			require.Equal(t, "GET", a.header.Get("Allow"))
		}
		require.Equal(t, http.StatusMethodNotAllowed, b.get("/signout").status)
	}
}
