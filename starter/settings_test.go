package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/settings"
	"duban/internal/words"
)

// Every refusal of a setting is in the reader's language, Chinese unless English is
// asked for, whatever else is wrong.
func TestWrongSettingsAreToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	said := func(environ ...string) string {
		var out, errOut bytes.Buffer
		require.Equal(t, 1, run(t.Context(), []string{"plan", "status"}, environ, &out, &errOut))
		return errOut.String()
	}
	require.Equal(t, "DUBAN_DIR：\"var\\r\" 末尾有回车符（是不是 Windows 换行的文件？），是否应为 var\n", said("DUBAN_DIR=var\r"))
	require.Equal(t, "DUBAN_DRI：没有这个设置，是否应为 DUBAN_DIR\n", said("DUBAN_DRI=x"))
	require.Equal(t, "DUBAN_UI_PORT：应当是：0 至 65535 的端口号（0 为任一空闲端口）\nSMTP_TLS：应当是：starttls、implicit、none 或 none-with-login\n",
		said("DUBAN_UI_PORT=x", "SMTP_TLS=y", "SMTP_HOST=m", "SMTP_FROM=a@b.example"))
	require.Equal(t, "SMTP_USER and SMTP_PASSWORD: set both, or neither\n", said("SMTP_HOST=m", "SMTP_FROM=a@b.example", "SMTP_USER=x", "DUBAN_LANG=en"))
	require.Contains(t, said("DATABASE_URL='postgres://u:geheim@h/n'"), "DATABASE_URL：它的值带着引号")
	require.NotContains(t, said("DATABASE_URL='postgres://u:geheim@h/n'"), "geheim")
	zh := words.New("zh")
	for _, name := range settings.Names() {
		if key := "settings.want_" + name; zh.T(key) != key {
			continue
		}
		require.Contains(t, name, "TEMPORAL_", "%s has no words; those of Temporal's own need none", name)
	}
}
