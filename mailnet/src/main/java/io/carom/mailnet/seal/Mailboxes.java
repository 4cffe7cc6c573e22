package io.carom.mailnet.seal;

import java.util.ArrayList;
import java.util.List;

/// The mailboxes in an address field (RFC 5322, 3.4): display name and address, with groups and comments. Reads what
/// mail programs write, and of anything else gives what can be told apart.
public final class Mailboxes {
    /// @param name without quotes and encoding as it came; empty if there is none
    /// @param address as it was written, in no particular form
    public record Mailbox(String name, String address) {}

    private Mailboxes() {}

    public static List<Mailbox> in(String value) {
        List<Mailbox> all = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        StringBuilder address = new StringBuilder();
        boolean angle = false;
        boolean hadAngle = false;
        int comment = 0;
        boolean quoted = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            StringBuilder into = angle ? address : text;
            if (quoted) {
                if (c == '\\' && i + 1 < value.length()) {
                    into.append(value.charAt(++i));
                } else if (c == '"') {
                    quoted = false;
                } else {
                    into.append(c);
                }
            } else if (comment > 0) {
                comment += c == '(' ? 1 : c == ')' ? -1 : 0;
                i += c == '\\' ? 1 : 0;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '(') {
                comment = 1;
            } else if (c == '<') {
                angle = true;
                hadAngle = true;
            } else if (c == '>') {
                angle = false;
            } else if (!angle && c == ':') {
                // A group's name.
                text.setLength(0);
            } else if (!angle && (c == ',' || c == ';')) {
                add(text, address, hadAngle, all);
                hadAngle = false;
            } else {
                into.append(c);
            }
        }
        add(text, address, hadAngle, all);
        return all;
    }

    private static void add(StringBuilder text, StringBuilder address, boolean hadAngle, List<Mailbox> all) {
        String before = text.toString().strip();
        String within = address.toString().strip();
        if (hadAngle) {
            all.add(new Mailbox(before, within));
        } else if (!before.isEmpty()) {
            all.add(new Mailbox("", before));
        }
        text.setLength(0);
        address.setLength(0);
    }
}
