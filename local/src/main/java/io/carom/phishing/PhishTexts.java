package io.carom.phishing;

import io.carom.mail.Lists;
import io.carom.observe.Domains;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is told about a phish: to whoever can take its pages down, and to those who got it.
///
/// Addresses are written so that nothing makes links of them (`hxxps://`, `[.]`), control characters
/// and those that turn the direction of writing are left out. Whoever takes pages down learns nothing
/// of who got the mail.
public final class PhishTexts {
    private static final int LISTED = 25;
    private static final int LONGEST = 300;

    private PhishTexts() {}

    /// An address that no program takes for one.
    public static String defanged(String address) {
        return clean(address)
                .replaceFirst("(?i)^http", "hxxp")
                .replace(".", "[.]")
                .replace("@", "[@]");
    }

    /// A text of a mail on one line, without what a terminal or mail program would obey.
    static String clean(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            int type = Character.getType(c);
            if (type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR
                    && type != Character.SURROGATE) {
                out.appendCodePoint(c);
            } else {
                out.append(' ');
            }
        });
        return out.toString().strip();
    }

    /// Domains that somebody registered for it, and places of services that anyone uses.
    public static List<String> places(PhishStory story) {
        Domains domains = new Domains();
        Set<String> out = new LinkedHashSet<>();
        for (String host : story.hosts()) {
            String registered = domains.registrable(host);
            out.add(Lists.own().isShared(host) || registered.isEmpty() ? host : registered);
        }
        int at = story.from().lastIndexOf('@');
        String sender = at < 0 ? "" : domains.registrable(story.from().substring(at + 1));
        if (!sender.isEmpty() && !Lists.own().isShared(sender)) {
            out.add(sender);
        }
        return List.copyOf(out);
    }

    /// For the registrar or host of a place.
    public static String takeDown(PhishStory story) {
        StringBuilder out = new StringBuilder();
        out.append("Subject: Phishing: request to suspend ")
                .append(String.join(
                        ", ",
                        places(story).stream()
                                .limit(3)
                                .map(PhishTexts::defanged)
                                .toList()))
                .append("\n\n")
                .append("To the abuse desk,\n\n")
                .append("mails that were sent to deceive people lead to pages under names or in places that you")
                .append(
                        " provide. Please suspend them, keep what shows who ordered them, and tell us what you did.\n\n");
        list(out, "Names and places:", places(story));
        list(out, "Pages:", story.urls());
        list(out, "Sent from the addresses:", story.senders());
        out.append("Sender: ").append(defanged(story.from())).append('\n');
        out.append("Subject of the mails: ").append(clean(story.subject())).append('\n');
        out.append("First seen: ").append(first(story)).append('\n');
        out.append("Last seen: ").append(last(story)).append("\n\n");
        out.append("The mails with their whole headers are at your disposal.\n");
        return out.toString();
    }

    /// For those who got it.
    public static String warning(PhishStory story) {
        StringBuilder out = new StringBuilder();
        out.append("Subject: A deceiving mail was sent to you\n\n")
                .append("On ")
                .append(first(story).toString(), 0, 10)
                .append(" a mail reached you that was made to deceive. It says it is from ")
                .append(defanged(story.from()))
                .append(", its subject is: ")
                .append(clean(story.subject()))
                .append("\n\n")
                .append(
                        "- Do not open its links or files and do not answer it. It is being taken out of your mailbox.\n")
                .append(
                        "- If you opened it, entered a password or confirmed a sign-in: call the service desk now. Nobody is")
                .append(" blamed for that; minutes count.\n")
                .append("- If you passed it on, tell us to whom.\n\n");
        if (!story.hosts().isEmpty()) {
            list(out, "It leads to:", story.hosts());
        }
        return out.toString();
    }

    private static void list(StringBuilder out, String head, List<String> of) {
        if (of.isEmpty()) {
            return;
        }
        out.append(head).append('\n');
        List<String> shown = new ArrayList<>(of.subList(0, Math.min(LISTED, of.size())));
        shown.forEach(o -> out.append("  ").append(defanged(o)).append('\n'));
        if (of.size() > LISTED) {
            out.append("  and ").append(of.size() - LISTED).append(" more\n");
        }
        out.append('\n');
    }

    private static Instant first(PhishStory story) {
        return story.messages().isEmpty()
                ? Instant.EPOCH
                : story.messages().getFirst().time();
    }

    private static Instant last(PhishStory story) {
        return story.messages().isEmpty()
                ? Instant.EPOCH
                : story.messages().getLast().time();
    }
}
