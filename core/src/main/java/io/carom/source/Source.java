package io.carom.source;

/// One log format: how to recognise it, how to cut it into native fields, and its mapping to OCSF as data.
///
/// A format is one file in this package, registered by `@AutoService(Source.class)`, with a golden
/// sample in `src/test/resources/golden/<name>/`. It is one of three shapes: a {@link LineSource} reads
/// a line of text on its own, a {@link JsonSource} maps a JSON object on its own, a {@link FileSource}
/// needs the whole file (a header, binary framing). Formats hold no state beyond one input, and never
/// throw on a record: what they cannot read they reject.
public sealed interface Source permits LineSource, JsonSource, FileSource {
    /// Lower-case name with dashes, as `--format` takes it: `zeek`, `cisco-asa`, `windows-evtx`.
    String name();

    /// The product or products, with the versions whose documented format this follows, for the coverage
    /// page.
    String product();
}
