package io.carom.mail.auth;

/// The strings of a TXT record as they are written in zones: `"v=DKIM1; k=rsa; " "p=…"`.
final class DnsStrings {
    private DnsStrings() {}

    /// One behind another, escapes undone; a text without quotes as it stands.
    static String join(String written) {
        if (!written.startsWith("\"")) {
            return written;
        }
        StringBuilder out = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c == '\\' && inside && i + 1 < written.length()) {
                if (i + 3 < written.length() && written.substring(i + 1, i + 4).matches("[0-2]\\d\\d")) {
                    out.append((char) (Integer.parseInt(written.substring(i + 1, i + 4)) & 0xFF));
                    i += 3;
                } else {
                    out.append(written.charAt(++i));
                }
            } else if (c == '"') {
                inside = !inside;
            } else if (inside) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
