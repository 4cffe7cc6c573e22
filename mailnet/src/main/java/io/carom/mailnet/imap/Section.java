package io.carom.mailnet.imap;

import io.carom.mailnet.imap.StoredMail.Part;
import io.carom.mailnet.seal.MailHeader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which bytes of a mail are asked for: `BODY[1.2.MIME]<0.1024>` (RFC 3501, 6.4.5).
///
/// @param path numbers of parts, empty for the mail itself
/// @param of empty for all, else HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT, MIME
/// @param fields in lower case
/// @param shown how the answer calls it
/// @param from the first byte, or negative for all
record Section(List<Integer> path, String of, List<String> fields, String shown, long from, long most) {
    private static final int MAX_PATH = 20;
    private static final int MAX_FIELDS = 200;

    /// @param inside what stands in the brackets
    /// @param partial what stands in angle brackets behind; empty if nothing does
    static Section of(String inside, String partial) throws BadCommand {
        // What is asked is said again in the answer: names of fields may come as literals, with anything in them.
        if (!inside.chars().allMatch(c -> c >= 32 && c < 127 && c != ']')) {
            throw new BadCommand("no section is called so");
        }
        List<Integer> path = new ArrayList<>();
        String rest = inside.strip();
        while (!rest.isEmpty() && Character.isDigit(rest.charAt(0))) {
            int dot = rest.indexOf('.');
            String number = dot < 0 ? rest : rest.substring(0, dot);
            if (!number.matches("[1-9]\\d{0,5}") || path.size() > MAX_PATH) {
                throw new BadCommand("no part is called so");
            }
            path.add(Integer.parseInt(number));
            rest = dot < 0 ? "" : rest.substring(dot + 1);
        }
        int bracket = rest.indexOf('(');
        String of = (bracket < 0 ? rest : rest.substring(0, bracket)).strip().toUpperCase(Locale.ROOT);
        boolean fields = of.equals("HEADER.FIELDS") || of.equals("HEADER.FIELDS.NOT");
        if (fields != bracket >= 0
                || !fields && !List.of("", "HEADER", "TEXT", "MIME").contains(of)
                || of.equals("MIME") && path.isEmpty()) {
            throw new BadCommand("no section is called so");
        }
        List<String> names = List.of();
        if (fields) {
            String list = rest.substring(bracket + 1).replace(")", " ").strip();
            names = Arrays.stream(list.split(" +"))
                    .map(f -> f.toLowerCase(Locale.ROOT))
                    .toList();
            if (names.size() > MAX_FIELDS) {
                throw new BadCommand("too many fields");
            }
        }
        long from = -1;
        long most = Long.MAX_VALUE;
        if (!partial.isEmpty()) {
            if (!partial.matches("\\d{1,10}\\.[1-9]\\d{0,9}")) {
                throw new BadCommand("expected <from.count>");
            }
            int dot = partial.indexOf('.');
            from = Long.parseLong(partial.substring(0, dot));
            most = Long.parseLong(partial.substring(dot + 1));
        }
        String shown = "BODY[" + inside.strip().toUpperCase(Locale.ROOT) + "]" + (from < 0 ? "" : "<" + from + ">");
        return new Section(path, of, names, shown, from, most);
    }

    /// Bytes of a mail, or bytes made of it.
    record Bytes(long from, long end, byte @Nullable [] made) {
        long length() {
            return made == null ? end - from : made.length;
        }
    }

    /// What is asked for; null if the mail has no such part.
    @Nullable
    Bytes of(StoredMail mail) {
        boolean wholeHead = path.isEmpty() && of.equals("HEADER");
        if (path.isEmpty() && of.isEmpty()) {
            return cut(new Bytes(0, mail.size(), null));
        }
        Part part = mail.whole();
        for (int i = 0; i < path.size(); i++) {
            Part next = child(part, path.get(i));
            if (next == null) {
                return null;
            }
            part = next;
        }
        if (of.equals("MIME")) {
            return cut(new Bytes(part.head(), part.body(), null));
        }
        if (of.isEmpty()) {
            return cut(new Bytes(part.body(), part.end(), null));
        }
        // HEADER and TEXT of a part are those of the mail that it is.
        if (!path.isEmpty()) {
            if (!part.isMail()) {
                return null;
            }
            part = part.children().getFirst();
        }
        if (of.equals("TEXT")) {
            return cut(new Bytes(part.body(), part.end(), null));
        }
        if (wholeHead || of.equals("HEADER")) {
            return cut(new Bytes(part.head(), part.body(), null));
        }
        ByteArrayOutputStream some = new ByteArrayOutputStream();
        for (MailHeader.Field field : part.header().fields()) {
            if (fields.contains(field.name()) == of.equals("HEADER.FIELDS")) {
                some.writeBytes(field.raw().getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        some.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return cut(new Bytes(0, 0, some.toByteArray()));
    }

    /// A mail that is no multipart has one part, itself.
    private static @Nullable Part child(Part part, int number) {
        Part of = part.isMail() ? part.children().getFirst() : part;
        if (of.isMultipart()) {
            return number <= of.children().size() ? of.children().get(number - 1) : null;
        }
        return number == 1 ? of : null;
    }

    private Bytes cut(Bytes all) {
        if (from < 0) {
            return all;
        }
        long begin = Math.min(from, all.length());
        long end = Math.min(all.length(), begin + Math.min(most, all.length()));
        byte[] made = all.made();
        return made == null
                ? new Bytes(all.from() + begin, all.from() + end, null)
                : new Bytes(0, 0, Arrays.copyOfRange(made, (int) begin, (int) end));
    }
}
