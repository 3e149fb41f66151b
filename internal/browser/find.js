// What a person finds on a page by reading it. This file is evaluated as an
// expression: an object with one function for each way to look. They return an
// element, or throw a sentence that says what is there instead.
({
  tidy(s) { return (s || '').replace(/[\s\u00a0]+/g, ' ').trim() },

  visible(el) {
    return el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0
  },

  // name is what an element is called on the screen or by a screen reader.
  name(el) {
    const by = (el.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean)
      .map(id => document.getElementById(id)).filter(Boolean)
    if (by.length) return this.tidy(by.map(e => e.textContent).join(' '))
    return this.tidy(el.getAttribute('aria-label') || el.innerText || (el.tagName === 'INPUT' && el.value) ||
      el.getAttribute('title') || [...el.querySelectorAll('img[alt]')].map(i => i.alt).join(' '))
  },

  // best picks what is called exactly so, or begins so, or contains it; of
  // several, what is in the main part of the page.
  best(what, wanted, list) {
    const w = this.tidy(wanted)
    for (const test of [n => n === w, n => n.startsWith(w), n => n.includes(w)]) {
      let hits = list.filter(c => test(c.name))
      if (hits.length > 1 && hits.some(c => c.el.closest('main'))) hits = hits.filter(c => c.el.closest('main'))
      const places = new Set(hits.map(c => c.el.href || c.el))
      if (places.size > 1) throw `${hits.length} ${what} are called "${w}": ${hits.map(c => c.el.outerHTML.slice(0, 90)).join(' | ')}`
      if (hits.length) return hits[0].el
    }
    throw `no ${what} is called "${w}"; there are: ${list.map(c => c.name.slice(0, 40)).filter(Boolean).slice(0, 40).join(' | ')}`
  },

  selector(s) {
    const el = document.querySelector(s)
    if (!el) throw `nothing matches ${s}`
    return el
  },

  isSelector(s) { return /^[#.[]/.test(s) },

  // target is something to click.
  target(s) {
    if (this.isSelector(s)) return this.selector(s)
    const list = [...document.querySelectorAll('a[href],button,summary,label,input[type=submit],input[type=button],' +
      '[role=button],[role=link],[role=tab],[role=menuitem]')]
      .filter(el => this.visible(el) && !el.disabled).map(el => ({ el, name: this.name(el) }))
    return this.best('link or button', s, list)
  },

  // field is something to fill in, by its visible label.
  field(s, kinds) {
    if (this.isSelector(s)) return this.selector(s)
    const list = []
    for (const el of document.querySelectorAll(kinds)) {
      if (el.type === 'hidden' || el.disabled) continue
      const names = [...(el.labels || [])].filter(l => this.visible(l)).map(l => this.tidy(l.innerText))
      if (el.hasAttribute('aria-label') || el.hasAttribute('aria-labelledby')) names.push(this.name(el))
      for (const name of names) list.push({ el, name })
    }
    return this.best('field', s, list)
  },

  typable(s) {
    return this.field(s, 'textarea,[contenteditable=true],input:not([type=radio],[type=checkbox],[type=file],[type=submit],[type=button])')
  },

  file(s) { return this.field(s, 'input[type=file]') },

  // choice is a radio button, a check box or an entry of a list.
  choice(s) {
    if (this.isSelector(s)) return this.selector(s)
    const list = []
    for (const el of document.querySelectorAll('input[type=radio],input[type=checkbox]')) {
      for (const l of el.labels || []) if (this.visible(l) && !el.disabled) list.push({ el, name: this.tidy(l.innerText) })
    }
    for (const el of document.querySelectorAll('option')) list.push({ el, name: this.tidy(el.label) })
    return this.best('choice', s, list)
  },
})
