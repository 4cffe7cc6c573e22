package io.carom.source.mail;

import static io.carom.source.mapping.Conversion.TEXT;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.Kind;
import io.carom.source.Row;
import io.carom.source.mapping.Conversion;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Times;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.stream.RawFieldParser;
import org.apache.james.mime4j.util.ByteSequence;
import org.jspecify.annotations.Nullable;

/// One mail (RFC 5322, MIME in RFC 2045 to 2049) as an OCSF Email Activity.
///
/// Native fields are its header fields by their names in lower case, unfolded and decoded; those
/// that are not well known share the field `header`. `time` is when the last host took the mail
/// (the topmost `Received`), for that host is the reader's own and the sender's `Date`, which
/// stands in `unmapped.mail.date`, is the sender's word; `src_endpoint` is the first public address
/// from the top, from which the mail came to that side, the addresses behind it are its
/// `intermediate_ips`. Verdicts of `Authentication-Results` stay native: anyone can write them. An
/// address that OCSF's pattern does not take is kept in the mailbox attributes alone.
///
/// Bounds: {@link #MAX_BYTES}, {@link #MAX_PARTS}, {@link #MAX_DEPTH}, {@link #MAX_FIELDS}; what is
/// beyond is not looked at, stands in the native record, and `unmapped.mail.cut` says so. Never throws
/// on a mail.
public final class Mail {
    public static final int MAX_BYTES = 50 << 20;
    public static final int MAX_PARTS = 10_000;
    public static final int MAX_DEPTH = 100;
    public static final int MAX_FIELDS = 1_000;
    /// Of one header field.
    static final int MAX_VALUE = 1 << 16;
    /// How much of one text is looked through for links.
    static final int MAX_TEXT = 8 << 20;

    private static final Attribute FROM = Attribute.of("email.from");
    private static final Attribute FROM_LIST = Attribute.of("email.from_list");
    private static final Attribute SENDER = Attribute.of("email.sender");
    private static final Attribute TO = Attribute.of("email.to");
    private static final Attribute CC = Attribute.of("email.cc");
    private static final Attribute REPLY_TO = Attribute.of("email.reply_to");
    private static final Attribute REPLY_TO_LIST = Attribute.of("email.reply_to_list");
    private static final Attribute RETURN_PATH = Attribute.of("email.return_path");
    private static final Attribute SMTP_FROM = Attribute.of("email.smtp_from");
    private static final Attribute SMTP_TO = Attribute.of("email.smtp_to");
    private static final Attribute DELIVERED_TO = Attribute.of("email.delivered_to");
    private static final Attribute DELIVERED_TO_LIST = Attribute.of("email.delivered_to_list");
    private static final Attribute X_ORIGINATING_IP = Attribute.of("email.x_originating_ip");
    private static final Attribute SIZE = Attribute.of("email.size");
    private static final Attribute FILE_NAME = Attribute.of("email.files[].name");
    private static final Attribute FILE_TYPE = Attribute.of("email.files[].type_id");
    private static final Attribute FILE_MIME = Attribute.of("email.files[].mime_type");
    private static final Attribute FILE_SIZE = Attribute.of("email.files[].size");
    private static final Attribute FILE_SHA256 = Attribute.of("email.files[].hashes[algorithm_id=3].value");
    private static final Attribute URL = Attribute.of("email.urls[].url_string");
    private static final Attribute URL_HOST = Attribute.of("email.urls[].hostname");
    private static final Attribute SOURCE_IP = Attribute.of("src_endpoint.ip");
    private static final Attribute SOURCE_NAME = Attribute.of("src_endpoint.hostname");
    private static final Attribute BEHIND = Attribute.of("src_endpoint.intermediate_ips");
    private static final Attribute TARGET_NAME = Attribute.of("dst_endpoint.hostname");
    private static final Attribute HELLO = Attribute.of("smtp_hello");
    private static final Attribute DATE = Attribute.unmapped("mail.date", Kind.TIMESTAMP);
    private static final Attribute CUT = Attribute.unmapped("mail.cut", Kind.BOOLEAN);

    /// `<id@host>` without its angles.
    private static final Conversion MESSAGE_ID = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        while (from < end && (b[from] == '<' || b[from] == ' ')) {
            from++;
        }
        while (end > from && (b[end - 1] == '>' || b[end - 1] == ' ')) {
            end--;
        }
        return TEXT.write(row, to, Column.pack(from, end), kind);
    };

    private static Mapping.Builder mail(String name) {
        return Mapping.of(name, 4009)
                .field("from", "email.from_mailbox", TEXT)
                .field("sender", "email.sender_mailbox", TEXT)
                .field("to", "email.to_mailboxes", TEXT)
                .field("cc", "email.cc_mailboxes", TEXT)
                .field("reply-to", "email.reply_to_mailboxes", TEXT)
                .field("subject", "email.subject", TEXT)
                .field("message-id", "email.message_uid", MESSAGE_ID)
                .constant("direction_id", 0)
                .product("RFC 5322", "mail");
    }

    private static final Mapping ADDRESSED = mail("mail").build();

    /// OCSF's mail has a sender or a recipient.
    private static final Mapping MAIL =
            mail("mail without a recipient").constant("email.from", "Unknown").build();

    private static final Map<String, Integer> KNOWN = new HashMap<>();

    static {
        for (String name : ("from to cc bcc subject date message-id reply-to sender return-path received delivered-to "
                        + "x-original-to envelope-to x-envelope-to x-envelope-from x-originating-ip x-sender-ip "
                        + "x-originating-email x-forwarded-to x-forwarded-for resent-from resent-to resent-cc "
                        + "resent-date resent-message-id resent-sender in-reply-to references mime-version "
                        + "content-type content-transfer-encoding content-disposition content-language content-id "
                        + "user-agent x-mailer x-mimeole x-priority importance priority precedence list-id list-post "
                        + "list-unsubscribe list-help list-subscribe errors-to authentication-results "
                        + "arc-authentication-results arc-seal arc-message-signature dkim-signature "
                        + "domainkey-signature received-spf x-received x-spam-status x-spam-level x-spam-flag "
                        + "x-spam-score x-virus-scanned auto-submitted x-auto-response-suppress thread-topic "
                        + "thread-index organization x-php-originating-script x-php-script x-source x-source-args "
                        + "x-authenticated-sender x-sender x-google-smtp-source x-gm-message-state feedback-id "
                        + "x-ms-exchange-organization-scl x-ms-exchange-organization-authas "
                        + "x-ms-exchange-organization-authsource x-ms-exchange-crosstenant-id "
                        + "x-ms-exchange-organization-network-message-id x-sid-result x-sid-pra status x-status "
                        + "disposition-notification-to return-receipt-to accept-language x-proofpoint-virus-version")
                .split(" ")) {
            KNOWN.put(name, FieldNames.of(name));
        }
    }

    private static final int HEADER = FieldNames.of("header");

    private final Row row;
    private final Links links = new Links();
    private final List<Hop> hops = new ArrayList<>();
    private int fields;
    private int leaves;
    private boolean cut;
    private boolean verdicts;
    private long date = Times.NONE;
    private boolean received;

    // Of the part that is being read.
    private @Nullable RawField contentType;
    private @Nullable RawField disposition;

    private Mail(Row row) {
        this.row = row;
    }

    /// Reads the mail in `[from, to)` and ends the row with it: as an event, or as a reject if it
    /// has no header at all.
    ///
    /// @param mail the bytes as they were sent; the row's native record is set by the caller
    /// @param cutShort whether the mail goes on behind `to`
    /// @param envelope the sender and time of an mbox' `From ` line, or empty
    public static void read(Row row, byte[] mail, int from, int to, boolean cutShort, String envelope) {
        new Mail(row).read(mail, from, to, cutShort, envelope);
    }

    private void read(byte[] mail, int start, int end, boolean cutShort, String envelope) {
        cut = cutShort;
        try {
            parts(new ByteArrayInputStream(mail, start, end - start));
        } catch (IOException | MimeException | RuntimeException | StackOverflowError e) {
            // A fault in its structure: what was found before it stands, the rest is in the native record.
            cut = true;
            leaves = 0;
        }
        if (fields == 0) {
            row.reject("expected the header of a mail: no line of `Name: value`");
            return;
        }
        if (leaves == 0) {
            // No part could be cut out; links may be told all the same.
            int length = Math.min(end - start, MAX_TEXT);
            links.page(
                    Lines.isUtf8(mail, start, start + length)
                            ? new String(mail, start, length, StandardCharsets.UTF_8)
                            : new String(mail, start, length, WINDOWS_1252));
        }
        finish(end - start, envelope);
    }

    // ---- structure
    // -----------------------------------------------------------------------------------------------

    private void parts(InputStream in) throws IOException, MimeException {
        MimeTokenStream stream = new MimeTokenStream(LenientMime.CONFIG);
        stream.parse(in);
        int depth = 0;
        boolean top = true;
        boolean inner = false;
        for (EntityState state = stream.getState(); state != EntityState.T_END_OF_STREAM; state = stream.next()) {
            switch (state) {
                case T_START_MESSAGE -> {
                    inner = !top;
                    contentType = null;
                    disposition = null;
                    depth++;
                }
                case T_START_BODYPART -> {
                    inner = false;
                    contentType = null;
                    disposition = null;
                }
                case T_START_MULTIPART -> depth++;
                case T_END_MULTIPART, T_END_MESSAGE -> depth--;
                case T_FIELD -> field(stream.getField(), top, inner);
                case T_END_HEADER -> top = false;
                case T_BODY -> {
                    if (++leaves > MAX_PARTS) {
                        cut = true;
                        return;
                    }
                    leaf(stream);
                }
                default -> {}
            }
            if (depth > MAX_DEPTH) {
                cut = true;
                return;
            }
        }
    }

    private void field(Field field, boolean top, boolean inner) {
        String name = field.getName().strip().toLowerCase(Locale.ROOT);
        if (name.equals("content-type") || name.equals("content-disposition")) {
            RawField raw = raw(field);
            if (name.equals("content-type")) {
                contentType = contentType == null ? raw : contentType;
            } else {
                disposition = disposition == null ? raw : disposition;
            }
        }
        if (!top && !inner) {
            return;
        }
        if (++fields > MAX_FIELDS) {
            cut = true;
            return;
        }
        String value = value(field);
        if (top) {
            header(name, value);
        } else if (name.equals("from")
                || name.equals("to")
                || name.equals("subject")
                || name.equals("date")
                || name.equals("message-id")
                || name.equals("return-path")) {
            // A mail within the mail, as people report what they were sent.
            row.field("attached." + name, EncodedWords.decode(value));
        }
    }

    /// The field with its raw bytes for its parameters; null if it is damaged or far too long.
    public static @Nullable RawField raw(Field field) {
        try {
            ByteSequence bytes = field.getRaw();
            return bytes == null || bytes.length() > MAX_VALUE ? null : RawFieldParser.DEFAULT.parseField(bytes);
        } catch (MimeException | RuntimeException e) {
            return null;
        }
    }

    /// The field's text, unfolded, valid whatever bytes stood there.
    public static String value(Field field) {
        ByteSequence raw = field.getRaw();
        if (raw == null) {
            String body = field.getBody();
            return body == null ? "" : body.strip();
        }
        byte[] bytes = raw.toByteArray();
        int at = 0;
        while (at < bytes.length && bytes[at] != ':') {
            at++;
        }
        at = Math.min(at + 1, bytes.length);
        int length = Math.min(bytes.length - at, MAX_VALUE);
        String text = Lines.isUtf8(bytes, at, at + length)
                ? new String(bytes, at, length, StandardCharsets.UTF_8)
                : new String(bytes, at, length, WINDOWS_1252);
        StringBuilder unfolded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == '\t') {
                if (!unfolded.isEmpty() && unfolded.charAt(unfolded.length() - 1) != ' ') {
                    unfolded.append(' ');
                }
            } else if (c != ' ' || unfolded.isEmpty() || unfolded.charAt(unfolded.length() - 1) != ' ') {
                unfolded.append(c);
            }
        }
        return unfolded.toString().strip();
    }

    private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

    // ---- header
    // --------------------------------------------------------------------------------------------------

    private void header(String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        String text = EncodedWords.decode(value);
        Integer known = KNOWN.get(name);
        EventBatch batch = row.batch();
        if (known != null) {
            batch.slot(known, batch.append(text), EventBatch.TEXT);
        } else {
            batch.slot(HEADER, batch.append(name + ": " + text), EventBatch.TEXT);
        }
        switch (name) {
            case "from" -> people(value, FROM, FROM_LIST);
            case "sender" -> people(value, SENDER, null);
            case "to" -> people(value, null, TO);
            case "cc" -> people(value, null, CC);
            case "reply-to" -> people(value, REPLY_TO, REPLY_TO_LIST);
            case "return-path" -> {
                people(value, RETURN_PATH, null);
                people(value, SMTP_FROM, null);
            }
            case "x-envelope-from" -> people(value, SMTP_FROM, null);
            case "delivered-to" -> {
                people(value, DELIVERED_TO, DELIVERED_TO_LIST);
                received = true;
            }
            case "x-original-to", "envelope-to", "x-envelope-to" -> people(value, null, SMTP_TO);
            case "date" -> date = date == Times.NONE ? MailDates.millis(value, row.context()) : date;
            case "received" -> hops.add(Hop.of(value, row.context()));
            case "x-originating-ip", "x-sender-ip" -> origin(value);
            case "authentication-results" -> {
                if (!verdicts) {
                    verdicts = true;
                    Verdicts.of(value)
                            .forEach((method, result) -> row.field("authentication-results." + method, result));
                }
            }
            default -> {}
        }
    }

    /// The field's addresses: the first to the one attribute, all to the list (for one that also has a
    /// single attribute only where there are several).
    private void people(String value, @Nullable Attribute first, @Nullable Attribute list) {
        List<String> here =
                Mailboxes.addresses(value).stream().filter(Mailboxes::isOcsf).toList();
        if (here.isEmpty()) {
            return;
        }
        if (first != null && !row.batch().has(first)) {
            row.set(first, here.getFirst());
        }
        if (list != null && (first == null || here.size() > 1)) {
            for (String address : here) {
                row.add(list, address);
            }
        }
    }

    private void origin(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        long address = bytes.length > 64 ? -1 : Addresses.clean(bytes, 0, bytes.length);
        if (address >= 0) {
            row.add(
                    X_ORIGINATING_IP,
                    new String(bytes, Column.from(address), Column.length(address), StandardCharsets.UTF_8));
        }
    }

    // ---- parts
    // ---------------------------------------------------------------------------------------------------

    private void leaf(MimeTokenStream stream) throws IOException {
        String type = String.valueOf(stream.getBodyDescriptor().getMimeType()).toLowerCase(Locale.ROOT);
        String name = fileName();
        boolean attached = disposition != null
                && String.valueOf(disposition.getBody())
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .startsWith("attachment");
        boolean text = type.startsWith("text/") || type.equals("application/xhtml+xml");
        MessageDigest digest = sha256();
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        long size = 0;
        byte[] window = new byte[8_192];
        try (InputStream in = stream.getDecodedInputStream()) {
            for (int got = in.read(window); got >= 0; got = in.read(window)) {
                digest.update(window, 0, got);
                size += got;
                if (text && kept.size() < MAX_TEXT) {
                    kept.write(window, 0, Math.min(got, MAX_TEXT - kept.size()));
                }
            }
        } catch (RuntimeException e) {
            // Broken transfer encoding: what could be decoded counts.
            cut = true;
        }
        if (name != null || attached || !text) {
            // An empty body without a name is no file.
            if (size > 0 || name != null) {
                row.add(FILE_NAME, name == null ? "unnamed" : name);
                row.batch().add(FILE_TYPE, 1);
                row.add(FILE_MIME, type);
                row.batch().add(FILE_SIZE, size);
                row.add(FILE_SHA256, HexFormat.of().formatHex(digest.digest()));
            }
        }
        if (text) {
            String content = content(kept, stream.getBodyDescriptor().getCharset());
            if (type.equals("text/html") || type.equals("application/xhtml+xml") || isPage(content)) {
                links.page(content);
            } else {
                links.text(content);
            }
        }
    }

    private static boolean isPage(String content) {
        String begin =
                content.substring(0, Math.min(content.length(), 256)).strip().toLowerCase(Locale.ROOT);
        return begin.startsWith("<html") || begin.startsWith("<!doctype html");
    }

    private static String content(ByteArrayOutputStream kept, @Nullable String named) {
        return content(kept.toByteArray(), named);
    }

    /// Text in the character set that is named, or in the one it is seen to be in.
    public static String content(byte[] bytes, @Nullable String named) {
        Charset charset = named == null ? null : EncodedWords.charset(named);
        boolean utf = charset != null && !charset.equals(StandardCharsets.UTF_8) && !charset.equals(WINDOWS_1252);
        if (utf) {
            return new String(bytes, charset);
        }
        return new String(bytes, Lines.isUtf8(bytes, 0, bytes.length) ? StandardCharsets.UTF_8 : WINDOWS_1252);
    }

    /// The name of the part by its disposition or, as older programs write it, its type.
    private @Nullable String fileName() {
        String name = parameter(disposition, "filename");
        name = name == null ? parameter(contentType, "name") : name;
        if (name == null) {
            return null;
        }
        String decoded = EncodedWords.decode(name).strip();
        return decoded.isEmpty() ? null : decoded.length() > 1_024 ? decoded.substring(0, 1_024) : decoded;
    }

    /// A parameter of a structured field (RFC 2045, RFC 2231); null if it has none or is damaged.
    public static @Nullable String parameter(@Nullable RawField field, String name) {
        if (field == null) {
            return null;
        }
        try {
            return Parameters.of(RawFieldParser.DEFAULT.parseRawBody(field).getParams(), name);
        } catch (RuntimeException e) {
            return null;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    // ---- end
    // -----------------------------------------------------------------------------------------------------

    private void finish(int size, String envelope) {
        links.found().forEach((url, host) -> {
            row.add(URL, url);
            row.add(URL_HOST, host);
        });
        row.set(SIZE, size);
        if (cut) {
            row.set(CUT, 1);
        }
        path();
        long time = Times.NONE;
        for (Hop hop : hops) {
            if (hop.millis() != Times.NONE) {
                time = hop.millis();
                break;
            }
        }
        if (!envelope.isEmpty()) {
            row.field("envelope", envelope);
            int blank = envelope.indexOf(' ');
            if (blank > 0) {
                people(envelope.substring(0, blank), SMTP_FROM, null);
                time = time == Times.NONE ? MailDates.millis(envelope.substring(blank + 1), row.context()) : time;
            }
        }
        if (date != Times.NONE) {
            row.set(DATE, date);
            time = time == Times.NONE ? date : time;
        }
        if (time != Times.NONE) {
            row.set(Attribute.TIME, time);
        }
        row.set(Attribute.ACTIVITY_ID, received || !hops.isEmpty() ? 2 : 0);
        row.map(row.batch().has(TO) ? ADDRESSED : MAIL);
    }

    private void path() {
        boolean found = false;
        for (Hop hop : hops) {
            if (hop.pickup()) {
                continue;
            }
            if (found) {
                if (hop.address() != null) {
                    row.add(BEHIND, hop.address());
                }
            } else if (hop.isPublic()) {
                found = true;
                row.set(SOURCE_IP, String.valueOf(hop.address()));
                if (hop.hello() != null) {
                    row.set(HELLO, hop.hello());
                    if (isName(hop.hello())) {
                        row.set(SOURCE_NAME, hop.hello().toLowerCase(Locale.ROOT));
                    }
                }
                if (hop.by() != null && isName(hop.by())) {
                    row.set(TARGET_NAME, hop.by().toLowerCase(Locale.ROOT));
                }
            }
        }
    }

    /// Whether it is the name of a host with a domain, not an address or a word.
    private static boolean isName(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (text.indexOf('.') < 1 || Addresses.clean(bytes, 0, bytes.length) >= 0) {
            return false;
        }
        for (byte b : bytes) {
            int lower = b | 0x20;
            if (!(lower >= 'a' && lower <= 'z' || b >= '0' && b <= '9' || b == '.' || b == '-' || b == '_')) {
                return false;
            }
        }
        return true;
    }
}
