package io.carom.mail.sign;

import io.carom.mail.Words;
import io.carom.mail.auth.Authentication;
import io.carom.mail.structure.MailStructure;
import io.carom.mail.structure.PageReading;
import io.carom.mail.structure.Part;
import io.carom.mail.structure.WebAddress;
import io.carom.observe.Domains;
import io.carom.source.InputContext;
import io.carom.source.mail.EncodedWords;
import io.carom.source.mail.Hop;
import io.carom.source.mail.Mailboxes;
import io.carom.source.mail.WrittenUrls;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A mail as its signs are looked for: who it is from, what it shows, where it leads. Made once a mail.
public final class View {
    /// An address that the mail leads to.
    ///
    /// @param text that a reader sees of it; empty if none
    /// @param registered the domain that its host is in; empty if none
    public record Target(WebAddress address, String text, String registered) {}

    private static final int ADDRESSES = 2_000;
    private static final int READERS = 50;
    private static final int CHECKED = 100_000;
    /// Characters of a name or a link's text that are looked at: nobody reads more, and expressions
    /// that go back on what they took need room for each.
    private static final int SHOWN = 300;

    public final MailStructure mail;
    public final Domains domains;
    /// The address in From; empty if there is none.
    public final String from;
    public final String fromHost;
    /// The domain that From is in; empty if there is none.
    public final String fromDomain;
    /// The name in From as a reader sees it; empty if there is none.
    public final String display;
    public final List<String> fromAll;
    public final List<String> replyTo;
    public final String returnPath;
    public final Set<String> recipients = new LinkedHashSet<>();
    public final List<Hop> hops = new ArrayList<>();
    public final List<PageReading> pages = new ArrayList<>();
    /// What a reader sees: subject apart.
    public final String text;
    public final List<String> words;
    public final List<Target> targets = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    /// Whether a list, or somebody who passed it on, stands between its sender and its reader.
    public final boolean list;

    /// Set after the mail was taken apart.
    public Authentication auth = new Authentication(
            Authentication.UNCHECKED,
            Authentication.UNCHECKED,
            Authentication.UNCHECKED,
            Authentication.UNCHECKED,
            "",
            List.of(),
            "",
            List.of());

    public View(MailStructure mail, String envelope, Domains domains) {
        this.mail = mail;
        this.domains = domains;
        String written = mail.written("from");
        // Of several fields one program shows the first and another the last.
        fromAll = mail.fields().stream()
                .filter(f -> f.name().equals("from"))
                .flatMap(f -> Mailboxes.addresses(f.written()).stream())
                .distinct()
                .toList();
        from = fromAll.isEmpty() ? "" : fromAll.getFirst();
        fromHost = host(from);
        fromDomain = domain(fromHost);
        display = display(written);
        replyTo = Mailboxes.addresses(mail.written("reply-to"));
        String path = Mailboxes.addresses(mail.written("return-path")).stream()
                .findFirst()
                .orElse("");
        returnPath = path.isEmpty() ? envelope.split(" ", 2)[0].toLowerCase(Locale.ROOT) : path;
        for (String name : List.of("to", "cc", "delivered-to", "x-original-to", "envelope-to")) {
            recipients.addAll(Mailboxes.addresses(mail.written(name)));
        }
        InputContext context = new InputContext("", ZoneOffset.UTC, Instant.EPOCH);
        mail.all("received").forEach(value -> hops.add(Hop.of(value, context)));
        list = mail.has("list-id")
                || mail.has("list-post")
                || mail.has("x-mailing-list")
                || mail.has("x-beenthere")
                || mail.has("resent-from")
                || mail.has("mailing-list")
                || mail.first("precedence").equalsIgnoreCase("list");
        StringBuilder seen = new StringBuilder();
        boolean page = mail.parts().stream().anyMatch(p -> p.isPage() && p.within() == 0);
        for (Part part : mail.parts()) {
            String content = part.text();
            if (content == null) {
                continue;
            }
            if (part.isPage()) {
                PageReading reading = PageReading.of(content);
                pages.add(reading);
                seen.append(reading.visible()).append('\n');
                reading.links().forEach(l -> lead(l.target(), l.text()));
            } else if (!part.attached() && part.name() == null) {
                // Beside a page its text is what few see; it may be anything.
                if (!page || part.within() > 0) {
                    seen.append(content).append('\n');
                }
                plain(content);
            } else if (part.type().equals("text/calendar")) {
                // A calendar shows what stands in an invitation, and asks nobody whether he opened it.
                plain(content.replaceAll("\\r?\\n[ \\t]", "")
                        .replace("\\n", " ")
                        .replace("\\N", " "));
            }
        }
        text = seen.length() > CHECKED ? seen.substring(0, CHECKED) : seen.toString();
        words = Words.of(text);
    }

    /// The name in a field of addresses as a reader sees it; empty if there is none.
    static String display(String written) {
        int angle = written.lastIndexOf('<');
        String name = angle < 0 ? "" : written.substring(0, angle);
        if (angle < 0) {
            int paren = written.indexOf('(');
            name = paren < 0 ? "" : written.substring(paren + 1).replace(")", "");
        }
        String shown = EncodedWords.decode(name).strip();
        while (shown.startsWith("\"") || shown.startsWith("'")) {
            shown = shown.substring(1);
        }
        while (shown.endsWith("\"") || shown.endsWith("'")) {
            shown = shown.substring(0, shown.length() - 1);
        }
        return cut(shown.strip());
    }

    private static String cut(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) : text;
    }

    /// The part of a mail address behind its `@`.
    public static String host(String address) {
        int at = address.lastIndexOf('@');
        return at < 0 ? "" : address.substring(at + 1).replaceAll("[>\\])]+$", "");
    }

    /// The domain that a host is in: registered, or the host itself where nobody registers.
    public String domain(String host) {
        String registered = domains.registrable(host);
        return registered.isEmpty() ? host : registered;
    }

    private void plain(String content) {
        int at = 0;
        while (targets.size() < ADDRESSES) {
            at = content.indexOf("://", at);
            if (at < 0) {
                return;
            }
            int begin = at;
            while (begin > 0 && at - begin < 5 && Character.isLetter(content.charAt(begin - 1))) {
                begin--;
            }
            int end = WrittenUrls.end(content, at + 3, Math.min(content.length(), begin + 8_192), false);
            lead(WrittenUrls.trimmed(content.substring(begin, end)), "");
            at = end;
        }
    }

    /// Notes that the mail leads to an address, which is known by that and its text but once.
    ///
    /// @param shown text that a reader sees of it; empty if none
    public void lead(String written, String shown) {
        WebAddress address = WebAddress.of(written);
        if (address != null && targets.size() < ADDRESSES && known.add(written + "\0" + shown)) {
            targets.add(new Target(address, cut(shown), address.host().isEmpty() ? "" : domain(address.host())));
        }
    }

    /// The first of its recipients, whom what a mail says is held against: who writes to more does not write
    /// to one.
    public List<String> readers() {
        return recipients.stream().limit(READERS).toList();
    }

    /// The targets that a browser opens.
    public List<Target> web() {
        return targets.stream()
                .filter(t -> t.address().isWeb() && !t.address().host().isEmpty())
                .toList();
    }

    /// The mail's id without its angles; empty if it has none.
    public String messageId() {
        return mail.first("message-id").replaceAll("[<>\\s]", "");
    }

    /// The hop that handed the mail over from outside; null if none says so.
    public @Nullable Hop border() {
        return hops.stream()
                .filter(h -> !h.pickup() && h.isPublic())
                .findFirst()
                .orElse(null);
    }
}
