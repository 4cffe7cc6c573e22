package io.carom.intel;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One document of intelligence, its format told by its first bytes: STIX, MISP or other JSON, OpenIOC,
/// a list. Prose (Markdown, pages, PDF) is read where its candidates can be confirmed: {@link
/// Candidates}.
public final class IntelDocument {
    /// Bytes of a document; what is larger is split by whoever makes it.
    public static final long MAX_BYTES = 256L << 20;

    private static final int HEAD = 8 << 10;

    private static final Set<String> PROSE = Set.of("md", "markdown", "adoc", "asciidoc", "rst", "eml", "text");

    private IntelDocument() {}

    /// The kinds there are.
    public enum Format {
        JSON,
        OPEN_IOC,
        LIST,
        /// Text for people, in which indicators stand.
        PROSE,
        HTML,
        PDF,
        OTHER
    }

    /// The format of what begins so.
    public static Format format(byte[] head, String name) {
        String text = new String(head, charset(head));
        String start = text.startsWith("\uFEFF") ? text.substring(1).stripLeading() : text.stripLeading();
        String low = start.toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (text.startsWith("%PDF-")) {
            return Format.PDF;
        }
        // A list has no signs of its own, so prose is known by the endings that people give it.
        boolean prose = PROSE.contains(ending);
        if (start.startsWith("{") && (!prose || json(start))
                || start.startsWith("[") && !start.startsWith("[.") && json(start)) {
            return Format.JSON;
        }
        if (low.startsWith("<!doctype html")
                || low.startsWith("<html")
                || low.startsWith("<") && low.contains("<html")) {
            return Format.HTML;
        }
        // Markdown may begin with a picture or a remark in HTML.
        if (start.startsWith("<") && (!prose || low.startsWith("<?xml") || low.contains("<ioc"))) {
            return Format.OPEN_IOC;
        }
        if (text.indexOf('\0') >= 0) {
            return Format.OTHER;
        }
        return prose ? Format.PROSE : Format.LIST;
    }

    private static boolean json(String start) {
        for (int i = 1; i < start.length(); i++) {
            char c = start.charAt(i);
            if (!Character.isWhitespace(c)) {
                return c == '{' || c == ']' || c == '}' || c == '"';
            }
        }
        return false;
    }

    /// Reads a document of any format that states its indicators; candidates of prose are taken only
    /// where they are certain.
    ///
    /// @param observed whether what was only observed is wanted too
    public static void read(InputStream bytes, String name, boolean observed, Gathered into) throws IOException {
        read(bytes, name, observed, false, into);
    }

    /// @param unsure whether candidates of prose that are not certain are taken too; else they are told
    /// as left out
    public static void read(InputStream bytes, String name, boolean observed, boolean unsure, Gathered into)
            throws IOException {
        read(bytes, name, observed, candidate -> unsure || candidate.certain(), into);
    }

    /// @param taken whether a candidate of prose is an indicator; those that are not are told as left out
    public static void read(
            InputStream bytes, String name, boolean observed, Predicate<Candidates.Candidate> taken, Gathered into)
            throws IOException {
        BufferedInputStream in = new BufferedInputStream(new Bounded(bytes, name), HEAD);
        in.mark(HEAD);
        byte[] head = in.readNBytes(HEAD);
        in.reset();
        try {
            switch (format(head, name)) {
                case JSON -> JsonIntel.read(in, name, observed, into);
                case OPEN_IOC -> OpenIocReader.read(new InputStreamReader(in, charset(head)), name, into);
                case LIST -> ListReader.read(new InputStreamReader(in, charset(head)), name, into);
                case PROSE -> {
                    String text = new String(in.readNBytes(Candidates.MAX_TEXT), charset(head));
                    take(Candidates.of(text, name), taken, Tlp.in(text), into);
                }
                case HTML, PDF -> document(in, name, format(head, name), taken, into);
                case OTHER -> into.fault(name + ": binary data, no intelligence");
            }
        } catch (TooLarge e) {
            into.fault(String.valueOf(e.getMessage()));
        }
    }

    /// @param marking of the document; null if it bears none
    private static void take(
            List<Candidates.Candidate> candidates,
            Predicate<Candidates.Candidate> taken,
            @Nullable Tlp marking,
            Gathered into) {
        for (Candidates.Candidate candidate : candidates) {
            if (taken.test(candidate)) {
                ThreatIndicator one = candidate.indicator();
                Facts.Draft facts = one.facts().draft();
                facts.tlp = marking;
                into.put(new ThreatIndicator(one.type(), one.value(), facts.done()));
            } else {
                into.leave("candidate that may be a reference: \""
                        + candidate.indicator().value() + "\"; taken with --yes");
            }
        }
    }

    /// A page or PDF: its text by parts, each candidate with the part it stands in.
    private static void document(
            InputStream in, String name, Format format, Predicate<Candidates.Candidate> taken, Gathered into)
            throws IOException {
        DocumentText reader = DocumentText.of(format).orElse(null);
        if (reader == null) {
            into.fault(name + ": no reader of " + format + " is installed here; save it as text or Markdown (.md)");
            return;
        }
        byte[] bytes = in.readNBytes(reader.maxBytes() + 1);
        if (bytes.length > reader.maxBytes()) {
            into.fault(name + ": more than " + (reader.maxBytes() >> 20) + " MiB in one document; it is not read. Split"
                    + " it.");
            return;
        }
        try {
            // A value is a candidate once in the whole document: where it is certain, else where it
            // stands first.
            Map<String, Candidates.Candidate> all = new LinkedHashMap<>();
            Tlp marking = null;
            for (DocumentText.Piece piece : reader.pieces(bytes)) {
                marking = marking == null ? Tlp.in(piece.text()) : marking;
                for (Candidates.Candidate one : Candidates.of(
                        piece.text(), line -> name + ", " + piece.place() + (piece.lines() ? ", line " + line : ""))) {
                    all.merge(
                            one.indicator().type() + " " + one.indicator().value(),
                            one,
                            (a, b) -> b.certain() && !a.certain() ? b : a);
                }
            }
            take(List.copyOf(all.values()), taken, marking, into);
        } catch (DocumentText.Refused e) {
            into.fault(name + ": " + e.getMessage());
        }
    }

    /// UTF-16 where it says so, UTF-8 where it can be, else Latin 1.
    static Charset charset(byte[] head) {
        if (head.length > 1
                && (head[0] == (byte) 0xFF && head[1] == (byte) 0xFE
                        || head[0] == (byte) 0xFE && head[1] == (byte) 0xFF)) {
            return StandardCharsets.UTF_16;
        }
        try {
            // A character may be cut at the end of the head.
            int length = head.length < HEAD ? head.length : head.length - 4;
            StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(head, 0, Math.max(0, length)));
            return StandardCharsets.UTF_8;
        } catch (java.nio.charset.CharacterCodingException e) {
            return head.length < HEAD ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        }
    }

    /// For texts already held.
    public static void read(String text, String name, boolean observed, Gathered into) throws IOException {
        read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), name, observed, into);
    }

    /// A document is too large.
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        TooLarge(String message) {
            super(message);
        }
    }

    /// Ends a stream that gives more than a document may have.
    private static final class Bounded extends java.io.FilterInputStream {
        private final String name;
        private long left = MAX_BYTES;

        Bounded(InputStream in, String name) {
            super(in);
            this.name = name;
        }

        private void spend(long n) throws IOException {
            left -= Math.max(0, n);
            if (left < 0) {
                throw new TooLarge(name + ": more than " + (MAX_BYTES >> 20)
                        + " MiB in one document; it is not read further. Split it.");
            }
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            spend(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] b, int from, int length) throws IOException {
            int n = super.read(b, from, length);
            spend(n);
            return n;
        }
    }
}
