package io.carom.mail.structure;

import io.carom.source.mail.EncodedWords;
import io.carom.source.mail.LenientMime;
import io.carom.source.mail.Mail;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RawField;
import org.jspecify.annotations.Nullable;

/// A mail taken apart (RFC 5322, MIME in RFC 2045 to 2049), however damaged it is.
///
/// Bounds: {@link Mail#MAX_BYTES}, {@link Mail#MAX_PARTS}, {@link Mail#MAX_DEPTH}, {@link
/// Mail#MAX_FIELDS}, {@link #KEPT} bytes of content over all parts and {@link #TEXT} characters of
/// text. What is beyond is not looked at and {@link #cut} says so. Never throws on a mail.
///
/// @param raw the mail as it was sent; not to be changed
/// @param fields of its header, in order
/// @param parts that hold something, in order, those of attached mails among them
/// @param attached the header of each mail attached to it
/// @param cut what was not looked at, in words; empty if all was
public record MailStructure(
        byte[] raw, List<HeaderField> fields, List<Part> parts, List<List<HeaderField>> attached, List<String> cut) {
    /// Bytes of content that are kept.
    public static final int KEPT = 32 << 20;
    /// Characters of text that are looked at.
    public static final int TEXT = 2 << 20;

    /// Takes a mail apart.
    public static MailStructure of(byte[] mail) {
        return new Reader(mail).read();
    }

    /// The value of the first field of this name; empty if there is none.
    public String first(String name) {
        for (HeaderField field : fields) {
            if (field.name().equals(name)) {
                return field.value();
            }
        }
        return "";
    }

    /// The first field of this name as it is written; empty if there is none.
    public String written(String name) {
        for (HeaderField field : fields) {
            if (field.name().equals(name)) {
                return field.written();
            }
        }
        return "";
    }

    /// The values of all fields of this name, from the top.
    public List<String> all(String name) {
        return fields.stream()
                .filter(f -> f.name().equals(name))
                .map(HeaderField::value)
                .toList();
    }

    public boolean has(String name) {
        return fields.stream().anyMatch(f -> f.name().equals(name));
    }

    private static final class Reader {
        private final byte[] mail;
        private final List<HeaderField> fields = new ArrayList<>();
        private final List<Part> parts = new ArrayList<>();
        private final List<List<HeaderField>> attached = new ArrayList<>();
        private final List<String> cut = new ArrayList<>();
        private int kept;
        private int text;
        private int all;
        private int within;

        private @Nullable RawField type;
        private @Nullable RawField disposition;
        private @Nullable String contentId;

        Reader(byte[] mail) {
            this.mail = mail;
        }

        MailStructure read() {
            int length = Math.min(mail.length, Mail.MAX_BYTES);
            if (length < mail.length) {
                cut.add("only its first " + (Mail.MAX_BYTES >> 20) + " MB are looked at");
            }
            try {
                parts(new ByteArrayInputStream(mail, 0, length));
            } catch (IOException | MimeException | RuntimeException | StackOverflowError e) {
                cut.add("its structure is damaged");
                if (parts.isEmpty()) {
                    // No part could be cut out: the whole may say something all the same.
                    int most = Math.min(length, TEXT);
                    byte[] bytes = java.util.Arrays.copyOf(mail, most);
                    parts.add(new Part(
                            "text/html", null, false, null, 0, bytes, length, false, Mail.content(bytes, null)));
                }
            }
            return new MailStructure(
                    mail, List.copyOf(fields), List.copyOf(parts), List.copyOf(attached), List.copyOf(cut));
        }

        private void parts(InputStream in) throws IOException, MimeException {
            MimeTokenStream stream = new MimeTokenStream(LenientMime.CONFIG);
            stream.parse(in);
            int depth = 0;
            boolean top = true;
            @Nullable List<HeaderField> inner = null;
            int leaves = 0;
            for (EntityState state = stream.getState(); state != EntityState.T_END_OF_STREAM; state = stream.next()) {
                switch (state) {
                    case T_START_MESSAGE -> {
                        begin();
                        depth++;
                        if (!top) {
                            within++;
                            inner = new ArrayList<>();
                            if (attached.size() < Mail.MAX_DEPTH) {
                                attached.add(inner);
                            }
                        }
                    }
                    case T_START_BODYPART -> {
                        inner = null;
                        begin();
                    }
                    case T_START_MULTIPART -> depth++;
                    case T_END_MULTIPART -> depth--;
                    case T_END_MESSAGE -> {
                        depth--;
                        within = Math.max(0, within - 1);
                    }
                    case T_FIELD -> field(stream.getField(), top ? fields : inner);
                    case T_END_HEADER -> top = false;
                    case T_BODY -> {
                        if (++leaves > Mail.MAX_PARTS) {
                            cut.add("it has more than " + Mail.MAX_PARTS + " parts");
                            return;
                        }
                        leaf(stream);
                    }
                    default -> {}
                }
                if (depth > Mail.MAX_DEPTH) {
                    cut.add("its parts are nested deeper than " + Mail.MAX_DEPTH);
                    return;
                }
            }
        }

        private void begin() {
            type = null;
            disposition = null;
            contentId = null;
        }

        private void field(Field field, @Nullable List<HeaderField> to) {
            String name = field.getName().strip().toLowerCase(Locale.ROOT);
            switch (name) {
                case "content-type" -> type = type == null ? Mail.raw(field) : type;
                case "content-disposition" -> disposition = disposition == null ? Mail.raw(field) : disposition;
                case "content-id" -> {
                    String value = Mail.value(field);
                    contentId = value.length() > 1_000 ? null : value.replaceAll("[<> ]", "");
                }
                default -> {}
            }
            if (to == null) {
                return;
            }
            if (++all > Mail.MAX_FIELDS) {
                if (all == Mail.MAX_FIELDS + 1) {
                    cut.add("it has more than " + Mail.MAX_FIELDS + " header fields");
                }
                return;
            }
            String written = Mail.value(field);
            to.add(new HeaderField(name, EncodedWords.decode(written), written));
        }

        private void leaf(MimeTokenStream stream) throws IOException {
            String mime =
                    String.valueOf(stream.getBodyDescriptor().getMimeType()).toLowerCase(Locale.ROOT);
            String name = name();
            boolean file = disposition != null
                    && String.valueOf(disposition.getBody()).strip().regionMatches(true, 0, "attachment", 0, 10);
            boolean readable = mime.startsWith("text/") || mime.equals("application/xhtml+xml");
            boolean encoded =
                    "base64".equalsIgnoreCase(stream.getBodyDescriptor().getTransferEncoding());
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            byte[] window = new byte[8_192];
            long size = 0;
            try (InputStream in = stream.getDecodedInputStream()) {
                for (int got = in.read(window); got >= 0; got = in.read(window)) {
                    size += got;
                    int take = Math.min(got, KEPT - kept);
                    content.write(window, 0, take);
                    kept += take;
                }
            } catch (RuntimeException e) {
                cut.add("a part's transfer encoding is damaged");
            }
            if (content.size() < size && !cut.contains(TOO_MUCH)) {
                cut.add(TOO_MUCH);
            }
            byte[] bytes = content.toByteArray();
            String read = null;
            if (readable) {
                byte[] looked = bytes.length > TEXT - text ? java.util.Arrays.copyOf(bytes, TEXT - text) : bytes;
                read = Mail.content(looked, stream.getBodyDescriptor().getCharset());
                text += looked.length;
            }
            parts.add(new Part(mime, name, file, contentId, within, bytes, size, encoded, read));
        }

        private static final String TOO_MUCH = "only the first " + (KEPT >> 20) + " MB of its content are looked at";

        private @Nullable String name() {
            String name = Mail.parameter(disposition, "filename");
            name = name == null ? Mail.parameter(type, "name") : name;
            if (name == null) {
                return null;
            }
            String decoded = EncodedWords.decode(name).strip();
            return decoded.isEmpty() ? null : decoded.substring(0, Math.min(1_024, decoded.length()));
        }
    }
}
