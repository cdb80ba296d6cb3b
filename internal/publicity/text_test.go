package publicity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/publicity"
)

func TestWhoseNameIsPersonal(t *testing.T) {
	t.Parallel()
	units := []string{"市水务局", "高平市人民政府"}
	for _, name := range []string{"王敏", "欧阳小明", "王 敏", "王科", "Li Wei", "阿依古丽"} {
		require.True(t, publicity.Personal(name, units), name)
	}
	for _, name := range []string{"联络员", "市水务局联络员", "主要负责人", "办公室", "高平", "高平市", "王", "综合科（3楼）", "值班室", "Li", ""} {
		require.False(t, publicity.Personal(name, units), name)
	}
}

func TestATextThatNamesSomebody(t *testing.T) {
	t.Parallel()
	names := []string{"王敏", "Li Wei"}
	for text, found := range map[string]string{
		"联络员王敏到场":                    "王敏",
		"经办：王　敏":                     "王敏",
		"by LI WEI":                  "Li Wei",
		"电话１３８００００００００":              "13800000000",
		"14052119800101001X号":        "14052119800101001x",
		"联络员、办公室负责人到场":               "",
		"晋市政办〔2021〕9号，0356-2198000":  "",
		"编号202105180000138000000001": "",
	} {
		require.Equal(t, found, publicity.Names(text, names), text)
	}
}
