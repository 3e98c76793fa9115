/**
 * How an agreement looks, as Typst source. It is fixed: everything that anybody wrote comes in as JSON through
 * `sys.inputs` and is shown with `str`, so that nothing of it is ever read as markup.
 */
export const LAYOUT = String.raw`
#let input = json(bytes(sys.inputs.document))
#let annexes = json(bytes(sys.inputs.annexes))
#let numbering-of = annexes.numbering
#let ink = rgb("#1b1f24")
#let quiet = rgb("#57606a")
#let line-color = rgb("#c9d1d9")

#set document(
  title: input.title,
  author: annexes.parties.processor.legalName,
  date: datetime(year: input.date.at(0), month: input.date.at(1), day: input.date.at(2)),
)
#set text(lang: "en", font: ("Libertinus Serif", "DejaVu Sans Mono"), size: 10.5pt, fill: ink, hyphenate: false)
#set page(
  paper: "a4",
  margin: (x: 25mm, top: 24mm, bottom: 24mm),
  header: context if counter(page).get().first() > 1 {
    set text(8.5pt, fill: quiet)
    grid(columns: (1fr, auto), input.short, [Version #input.version])
  },
  footer: context {
    set text(8.5pt, fill: quiet)
    grid(
      columns: (1fr, auto),
      if annexes.demo [Demonstration: no agreement comes of this document.] else [#annexes.parties.processor.legalName],
      [Page #counter(page).display() of #counter(page).final().first()],
    )
  },
)
#set par(leading: 0.62em, spacing: 0.95em, justify: false)
#set list(indent: 0.4em, body-indent: 0.6em)
#set enum(indent: 0.4em, body-indent: 0.6em)
#set heading(numbering: none)
#show heading: set block(sticky: true)
#show heading.where(level: 1): set text(17pt)
#show heading.where(level: 1): set block(below: 1em)
#show heading.where(level: 2): set text(12.5pt)
#show heading.where(level: 2): set block(above: 1.6em, below: 0.75em)
#show heading.where(level: 3): set text(10.5pt)
#show heading.where(level: 3): set block(above: 1.3em, below: 0.6em)
#show raw: set text(font: ("DejaVu Sans Mono",), size: 8pt)
#show link: underline
#set table(stroke: (x, y) => (bottom: 0.5pt + line-color, top: if y == 0 { 0.5pt + line-color }), inset: (left: 0pt, right: 6pt, y: 5pt))

// A word too wide for its line may break anywhere; everything else stays as it was typed, so that an address can be copied.
#let broken(value, look) = value.replace(regex("\\S{28,}"), word => if measure(look(word.text)).width < 100mm { word.text } else {
  word.text.clusters().chunks(14).map(part => part.join()).join("\u{200b}")
})
#let long(value) = context broken(value, text => text)
#let shown(value) = if value == none { text(fill: quiet)[not on record] } else { long(str(value)) }
// Text of several lines, such as an address.
#let lines(value) = if value == none { shown(none) } else { str(value).split("\n").map(long).join(linebreak()) }
#let mono(value) = context raw(broken(str(value), raw))
#let digest(value) = { show raw: set text(7pt); context raw(broken(value, raw)) }
#let day(at) = if at == none { text(fill: quiet)[never] } else { str(at).slice(0, 10) + " " + str(at).slice(11, 16) + " UTC" }

#let inlines(parts) = parts.map(part => {
  if part.kind == "text" { part.text }
  else if part.kind == "code" { mono(part.text) }
  else if part.kind == "variable" { shown(input.values.at(part.name)) }
  else if part.kind == "strong" { strong(inlines(part.inline)) }
  else if part.kind == "emphasis" { emph(inlines(part.inline)) }
  else if part.kind == "link" { link(part.url, inlines(part.inline)) }
  else if part.kind == "break" { linebreak() }
}).join()

#let blocks(parts) = parts.map(part => {
  if part.kind == "heading" { heading(level: calc.min(part.level, 3), inlines(part.inline)) }
  else if part.kind == "paragraph" { par(inlines(part.inline)) }
  else if part.kind == "list" and part.ordered { enum(start: part.start, ..part.items.map(blocks)) }
  else if part.kind == "list" { list(..part.items.map(blocks)) }
  else if part.kind == "quote" { quote(block: true, blocks(part.blocks)) }
  else if part.kind == "code" { raw(part.text, block: true) }
  else if part.kind == "rule" { line(length: 100%, stroke: 0.5pt + line-color) }
  else if part.kind == "table" {
    table(columns: (1fr,) * part.rows.first().len(), align: left,
      table.header(..part.rows.first().map(cell => strong(inlines(cell)))),
      ..part.rows.slice(1).map(row => row.map(inlines)).flatten())
  }
}).join()

// Pairs of a name and what it is.
#let facts(..pairs) = table(
  columns: (36mm, 1fr), align: left + top,
  ..pairs.pos().map(((name, value)) => (text(fill: quiet, name), value)).flatten(),
)

// Stays on one page, unless it is too long for one: nothing may run off the end of a page.
#let together(body) = block(above: 1.6em, layout(size => block(breakable: measure(width: size.width, body).height > 180mm, body)))

#let annex(title) = { pagebreak(weak: true); heading(level: 1, title) }
#let customer = annexes.parties.customer
#let processor = annexes.parties.processor
#let transfer = annexes.parties.transfer

#heading(level: 1, input.title)
#if annexes.demo [#block(stroke: 1pt + ink, inset: 8pt)[*Demonstration.* No agreement comes of this document: its evidence is made up.]]
#facts(
  ("Version", [#input.version, #day(annexes.at)]),
  ("Processor", [#shown(processor.legalName) (#shown(processor.name))]),
  ("Customer", if customer == none [Everybody who uses #shown(processor.product) under a contract with the processor] else { shown(customer.name) }),
)
#v(0.6em)
#blocks(input.blocks)

#if input.offer != none [
  #together[
  #if input.acceptance == none [
    == An offer, not accepted yet
    #facts(
      ("Can be accepted", [before #day(input.offer.validUntil)]),
      ("Offer", [#shown(input.offer.request), number #input.offer.number]),
      ("Its digest", digest(input.offer.digest)),
    )
  ] else [
    == Acceptance
    #facts(
      ("Accepted by", shown(input.acceptance.name)),
      ("Role", shown(input.acceptance.role)),
      ("For", shown(customer.name)),
      ("At", day(input.acceptance.acceptedAt)),
      ("In these words", [#shown(input.acceptance.authority) #shown(input.acceptance.consent)]),
      ("Offer", [#shown(input.offer.request), number #input.offer.number, of #day(input.offer.offeredAt)]),
      ("Its digest", digest(input.offer.digest)),
    )
  ]
  ]
]

#annex([#numbering-of.parties: the parties and the transfer])
== Processor (data importer)
#facts(
  ("Name", shown(processor.legalName)),
  ("Address", lines(processor.address)),
  ("Country", shown(processor.country)),
  ("Contact", shown(processor.contact)),
  ("Role", [Processor]),
)
== Customer (data exporter)
#if customer == none [
  The customer that has a contract with the processor for #shown(processor.product), with the name, address and contact
  that the contract gives.
] else {
  facts(
    ("Name", shown(customer.name)),
    ("Website", shown(customer.website)),
    ("Address", lines(customer.address)),
    ("Country", shown(customer.country)),
    ("Signatory", shown(customer.signatory)),
    ("Role of signatory", shown(customer.signatoryRole)),
    ("Contact", shown(customer.email)),
    ("Role", if transfer.modules.len() == 2 [Controller, or processor for somebody else] else if transfer.modules.first() == "two" [Controller] else [Processor for somebody else]),
  )
}
== Incorporated by reference
#facts(
  ("SCC 2021/914", if transfer.modules.len() == 2 [Module two where the customer is a controller, module three where it is a processor]
    else if transfer.modules.first() == "two" [Module two: controller to processor]
    else [Module three: processor to processor]),
  ("UK Addendum B1.0", if transfer.ukAddendum [Yes, for transfers under UK law] else [No]),
  ("Swiss addendum", if transfer.swissAddendum [Yes, for transfers under Swiss law] else [No]),
  ("Frequency", [Continuous, for as long as the contract lasts]),
)
== Personal data
#if transfer.data.len() == 0 [None is declared.]
#for data in transfer.data [
  #together[
  === #shown(data.title)
  #facts(
    ("What", shown(data.description)),
    ("Whose", shown(data.subjects.join("; "))),
    ("Category", shown(data.category)),
    ("Purpose", if data.purposes.len() == 0 { shown(none) } else { shown(data.purposes.join("; ")) }),
    ("Kept", shown(data.retention)),
  )
  ]
]

#annex([#numbering-of.measures: technical and organizational measures])
Each measure is a statement on the processor's trust page. Its state was derived from evidence at #day(annexes.derivedAt).
Digests are SHA-256 of the record that shows it.
#if annexes.measures.len() == 0 [None is promised.]
#{
  let before = none
  for measure in annexes.measures {
    if measure.section != before { heading(level: 2, shown(measure.section)); before = measure.section }
    together({
    heading(level: 3, shown(measure.statement))
    facts(
      ("State", [#shown(input.words.at(measure.state))#if not measure.fresh [, not fresh]]),
      ..measure.checks.map(check => ("Check", [
        #shown(check.title) \
        #digest(check.ref) \
        Last passed: #day(check.passedAt) \
        #if check.evidence != none { digest(check.evidence) } else { shown(none) }
      ])),
      ..measure.statements.map(statement => ("Statement", [
        #shown(statement.text) \
        #shown(statement.by), #statement.statedOn, counts until #statement.expiresOn \
        #digest(statement.digest)
      ])),
      ..if measure.restsOn.len() > 0 { (("Rests on", mono(measure.restsOn.join(" "))),) },
      ..if measure.limits != none { (("Not shown", shown(measure.limits)),) },
    )
    })
  }
}

#annex([#numbering-of.subprocessors: subprocessors])
The whole chain at #day(annexes.at). Those with a later day of beginning are announced and not in use yet.
#if annexes.subprocessors.len() == 0 [None is declared.]
#for link in annexes.subprocessors [
  #together[
  == #shown(link.name)
  #facts(
    ("Legal name", shown(link.legalName)),
    ("Address", lines(link.address)),
    ("Contact", shown(link.contact)),
    ("Country", shown(link.country)),
    ("Purpose", shown(link.purpose)),
    ("Engagement", shown(input.words.at(link.engagement))),
    ("Personal data", if link.dataItems.len() == 0 { shown(none) } else { shown(link.dataItems.join("; ")) }),
    ("Processes in", shown(link.regions.join("; "))),
    ("Transfer", shown(input.words.at(link.transfer))),
    ("Its own list", shown(link.subprocessorsUrl)),
    ("In use", [from #link.since#if link.until != none [ to #link.until]]),
  )
  ]
]

#for (name, text) in json(bytes(sys.inputs.files)) {
  pdf.attach(
    name,
    bytes(text),
    relationship: "data",
    mime-type: "application/json",
    description: "Part of this agreement as canonical JSON: " + name.trim(".json", at: end),
  )
}
`;
