// Writes known.json: what browsers of early 2020 know, from MDN's browser-compat-data
// (CC0-1.0). Run where that package is unpacked or installed:
//   npm pack @mdn/browser-compat-data@8.1.9 && tar xzf mdn-*.tgz && node known.mjs package/data.json > known.json
import { readFileSync } from 'node:fs'
const data = JSON.parse(readFileSync(process.argv[2]))
const browsers = { chrome: 80, firefox: 72, safari: 13 }
const known = (compat) => Object.entries(browsers).every(([name, version]) => {
  return [].concat(compat.support[name]).some((s) => {
    const since = s.version_added && s.version_added !== 'preview' && parseFloat(String(s.version_added).replace('≤', ''))
    return since && since <= version && !s.prefix && !s.alternative_name && !s.flags
  })
})
const names = (tree) => Object.keys(tree).filter((n) => n !== '__compat' && tree[n].__compat && known(tree[n].__compat)).sort()
const out = {
  browsers,
  properties: names(data.css.properties),
  atRules: names(data.css['at-rules']),
  selectors: names(data.css.selectors),
  // Functions that values may call and units, as far as the data names them.
  types: names(data.css.types),
  newer: [], // names of members of JavaScript's and the page's objects that are younger everywhere
}
const old = new Set(), young = new Set()
const members = (tree) => {
  for (const [name, sub] of Object.entries(tree)) {
    if (name === '__compat' || typeof sub !== 'object') continue
    if (sub.__compat && /^[a-z][A-Za-z0-9]*$/.test(name)) (known(sub.__compat) ? old : young).add(name)
    members(sub)
  }
}
members(data.javascript.builtins)
members(data.api)
out.newer = [...young].filter((n) => !old.has(n)).sort()
console.log(JSON.stringify(out, null, 0))
