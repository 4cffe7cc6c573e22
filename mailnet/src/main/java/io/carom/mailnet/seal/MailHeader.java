package io.carom.mailnet.seal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The fields at the head of a mail or of a part, in their order, unfolded where they are read (RFC 5322, 2.2). Bytes
/// beyond ASCII are kept as Latin-1, one character a byte.
public record MailHeader(List<Field> fields) {
    /// @param raw as it came, with its CR LF and those within
    public record Field(String name, String raw) {
        /// What stands after the colon, on one line, without space around.
        public String value() {
            return raw.substring(raw.indexOf(':') + 1)
                    .replace("\r\n", "")
                    .replace('\t', ' ')
                    .strip();
        }
    }

    public MailHeader {
        fields = List.copyOf(fields);
    }

    /// Takes a head apart.
    ///
    /// @param bytes lines with CR LF, up to the empty one or without it
    /// @throws IllegalArgumentException if a line is no field
    public static MailHeader parse(byte[] bytes) {
        List<Field> fields = new ArrayList<>();
        StringBuilder raw = new StringBuilder();
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
            if (line.isEmpty()) {
                break;
            }
            if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                if (raw.isEmpty()) {
                    throw new IllegalArgumentException("the header begins with a folded line");
                }
            } else if (!raw.isEmpty()) {
                fields.add(field(raw.toString()));
                raw.setLength(0);
            }
            raw.append(line).append("\r\n");
        }
        if (!raw.isEmpty()) {
            fields.add(field(raw.toString()));
        }
        return new MailHeader(fields);
    }

    private static Field field(String raw) {
        int colon = raw.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("a header line without a colon");
        }
        // RFC 5322, 4.5: older mails have space ahead of the colon; anything else within a name is an attack.
        String name = raw.substring(0, colon).stripTrailing();
        if (!name.chars().allMatch(c -> c > 32 && c < 127)) {
            throw new IllegalArgumentException("a header name with characters that none has");
        }
        return new Field(name.toLowerCase(Locale.ROOT), raw);
    }

    /// All fields of a name, which is in lower case.
    public List<Field> all(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).toList();
    }

    /// The value of the first field of a name.
    public Optional<String> first(String name) {
        return fields.stream()
                .filter(f -> f.name().equals(name))
                .map(Field::value)
                .findFirst();
    }
}
