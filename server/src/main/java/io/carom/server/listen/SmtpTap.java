package io.carom.server.listen;

import io.carom.config.YamlNode;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/// Takes copies of mail by SMTP (RFC 5321), as journal rules, `always_bcc` and the like send them, and
/// sends none.
///
/// `recipients`: the addresses that copies go to, with commas between, `*` for any characters; every
/// other is refused, whoever asks. TLS by STARTTLS (RFC 3207).
final class SmtpTap implements Listener {
    private static final String RECIPIENTS = "journal@*";
    private static final Pattern PATTERNS = Pattern.compile("[A-Za-z0-9._+*@-]{1,320}(?:, ?[A-Za-z0-9._+*@-]{1,320})*");

    static final Kind KIND = new Kind() {
        @Override
        public String name() {
            return "smtp";
        }

        @Override
        public List<String> keys() {
            return List.of("recipients", "size", "connections", "idle", "starttls");
        }

        @Override
        public void check(ListenerSettings settings, Map<String, YamlNode> nodes) {
            YamlNode recipients = nodes.get("recipients");
            if (recipients != null && !PATTERNS.matcher(recipients.text()).matches()) {
                recipients.fault("expected addresses such as journal@acme.example or *@journal.acme.example");
            }
            YamlNode size = nodes.get("size");
            if (size != null && !Amounts.isBytes(size.text())) {
                size.fault("expected a size such as 50MiB, found \"" + size.text() + "\"");
            }
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return new SmtpTap(settings, surrounding);
        }
    };

    private final ListenerSettings settings;
    private final Surrounding surrounding;
    private final Counts counts = new Counts();
    private final Pattern recipients;
    private final SSLContext tls;
    private final Connections connections;

    private SmtpTap(ListenerSettings settings, Surrounding surrounding) throws IOException {
        this.settings = settings;
        this.surrounding = surrounding;
        recipients = pattern(settings.text("recipients", RECIPIENTS));
        tls = surrounding.tls().context();
        connections = new Connections(
                settings.socket(),
                null,
                settings.number("connections", 200),
                settings.duration("idle", Duration.ofMinutes(5)),
                counts,
                surrounding.notes(),
                this::serve);
    }

    private static Pattern pattern(String said) {
        StringBuilder all = new StringBuilder();
        for (String one : said.toLowerCase(Locale.ROOT).split(",")) {
            all.append(all.isEmpty() ? "" : "|").append("(?:");
            for (String piece : one.strip().split("((?<=\\*)|(?=\\*))")) {
                all.append(piece.equals("*") ? "[^@]*" : Pattern.quote(piece));
            }
            all.append(')');
        }
        return Pattern.compile(all.toString());
    }

    private void serve(Socket socket) throws IOException {
        SmtpConversation conversation = new SmtpConversation(
                socket,
                tls,
                surrounding,
                settings,
                counts,
                address -> recipients.matcher(address.toLowerCase(Locale.ROOT)).matches());
        conversation.run();
    }

    @Override
    public String place() {
        return connections.place();
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
