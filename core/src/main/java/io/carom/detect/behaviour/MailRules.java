package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.party.Party;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A mailbox's rule or setting that sends its mail away, deletes it or hides it, or lets another read it.
///
/// After a mailbox is taken, rules keep it open and its owner blind (MITRE ATT&CK T1114.003, T1564.008; CISA
/// AA20-120A). What the rule does decides: forwarding to a domain that is nobody's known; deleting or moving
/// where nobody looks what has certain words; a name of a dot. Rules that sort newsletters into folders do
/// none of this.
///
/// Key: client. State: the domains forwarded to and who made rules before, 600 of each; 110 KB.
@AutoService(Analytic.class)
public final class MailRules implements Analytic<MailRules.State> {
    private static final Threshold DOMAIN_RULES = Threshold.of("mailbox-rule", "domain-rules");

    static final int KNOWN = 600;

    /// Folders that nobody opens.
    private static final List<String> HIDDEN = List.of(
            "rss", "conversation history", "junk", "archive", "deleted items", "notes", "sync issues", "sync-issues");

    /// Words that rules of intruders look for: about money, and about being found out.
    private static final List<String> TELLING = List.of(
            "invoice",
            "payment",
            "bank",
            "iban",
            "wire",
            "transfer",
            "gift card",
            "payroll",
            "password",
            "phish",
            "hack",
            "scam",
            "spam",
            "virus",
            "fraud",
            "suspicious",
            "security",
            "helpdesk",
            "mfa",
            "verif",
            "docusign",
            "rechnung",
            "zahlung",
            "kennwort",
            "passwort");

    /// What is known of a client.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final Habits domains = new Habits(KNOWN, 365);
    }

    @Override
    public String id() {
        return "mailbox-rule";
    }

    @Override
    public String title() {
        return "A mailbox's mail is sent away or hidden";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1098.002", "T1114.003", "T1564.008");
    }

    @Override
    public long key(Observation observation, Context context) {
        return observation instanceof Change c && c.changed() == Changed.MAIL_RULE
                ? Keys.of(context.tenant(c), 0x3A11_2011L)
                : 0;
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State();
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Change c = (Change) observation;
        String detail = c.detail();
        String folded = detail.toLowerCase(Locale.ROOT);
        List<String> why = new ArrayList<>();
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(SignIns.user(c.account()));
        boolean away = false;
        boolean strange = false;
        for (String to : forwardedTo(detail)) {
            away = true;
            int at = to.indexOf('@');
            String domain = to.substring(at + 1).toLowerCase(Locale.ROOT);
            Party owner = context.ownerOfName(domain);
            long key = Keys.of(domain);
            state.domains.add(key, SignIns.day(c.time()));
            boolean own = owner != null && owner.name().equals(c.origin().client())
                    || !c.account().isEmpty() && sameDomain(c.account(), domain);
            if (!own && state.domains.days(key) <= context.value(DOMAIN_RULES)) {
                strange = true;
                why.add("mail goes to " + to + ", outside");
                observables.add(new Finding.Observable("email.to", 5, to));
            } else {
                why.add("mail goes to " + to);
            }
        }
        boolean deletes = has(folded, "deletemessage=true")
                || has(folded, "softdeletemessage=true")
                || has(folded, "\"delete\"")
                || has(folded, "permanentdelete");
        if (deletes) {
            why.add("it deletes what it finds");
        }
        String folder = value(folded, "movetofolder=");
        boolean hides = HIDDEN.stream().anyMatch(folder::contains) && !folder.isEmpty();
        if (hides) {
            why.add("it moves what it finds to \"" + folder + "\"");
        }
        String words = value(folded, "containswords=");
        String telling = TELLING.stream().filter(words::contains).findFirst().orElse("");
        if (!telling.isEmpty()) {
            why.add("it looks for \"" + telling + "\"");
        }
        String name = ruleName(c);
        boolean nameless = !name.isEmpty() && name.chars().noneMatch(Character::isLetterOrDigit);
        if (nameless) {
            why.add("its name is \"" + name + "\"");
        }
        boolean granted = has(folded, "add-mailboxpermission") || has(folded, "add-recipientpermission");
        String rights = value(folded, "accessrights=");
        boolean full = granted && rights.contains("fullaccess");
        if (full) {
            why.add(value(folded, "user=") + " may read all of it");
        }
        boolean hiding = deletes || hides;
        int severity = strange && (hiding || nameless || !telling.isEmpty())
                ? 4
                : strange || hiding && (!telling.isEmpty() || nameless) ? 3 : full || away || hiding ? 2 : 0;
        if (severity == 0) {
            return;
        }
        boolean transport = has(folded, "transportrule");
        context.found(new Draft(
                this,
                c.account() + "|" + c.what(),
                (transport ? "A mail rule for everybody" : "A rule or setting of the mailbox of " + c.account())
                        + (strange
                                ? " sends mail outside"
                                : hiding ? " hides mail" : full ? " lets another read it" : " sends mail on"),
                String.join("; ", why) + ". " + Words.quoted(c.what()) + ": " + Words.quoted(detail)
                        + (c.src() == null ? "" : ", made from " + c.src().text())
                        + ". Harmless if its owner made it for a purpose he can tell; else remove it, change his password"
                        + " and end his sessions.",
                transport && severity == 3 ? 4 : severity,
                severity == 4 ? 0.85 : severity == 3 ? 0.7 : 0.4,
                c.time(),
                c.time(),
                c.src(),
                null,
                "",
                c.account(),
                observables,
                away ? List.of("T1114.003") : full ? List.of("T1098.002") : List.of("T1564.008"),
                List.of(c.origin())));
    }

    private static boolean has(String text, String part) {
        return text.contains(part);
    }

    /// Whether the account, where it is a mail address, is of the same domain.
    private static boolean sameDomain(String account, String domain) {
        int at = account.indexOf('@');
        return at > 0 && account.substring(at + 1).equals(domain);
    }

    private static String ruleName(Change c) {
        String name = value(c.detail(), "Name=");
        name = name.isEmpty() ? value(c.detail(), "RuleName=") : name;
        int slash = c.what().lastIndexOf('\\');
        return name.isEmpty() ? slash < 0 ? "" : c.what().substring(slash + 1) : name;
    }

    /// What stands behind the first name that ends like this, up to the next parameter.
    private static String value(String detail, String name) {
        int at = -1;
        do {
            at = detail.indexOf(name, at + 1);
            // `Name=` is no `DisplayName=`.
        } while (at > 0 && name.equals("Name=") && Character.isLetter(detail.charAt(at - 1)));
        if (at < 0) {
            return "";
        }
        int end = detail.indexOf("; ", at);
        return detail.substring(at + name.length(), end < 0 ? detail.length() : end)
                .strip();
    }

    /// The mail addresses that something is forwarded, redirected or copied to.
    private static List<String> forwardedTo(String detail) {
        List<String> to = new ArrayList<>();
        String folded = detail.toLowerCase(Locale.ROOT);
        for (String name : List.of(
                "forwardto=",
                "redirectto=",
                "forwardasattachmentto=",
                "forwardingsmtpaddress=",
                "forwardingaddress=",
                "redirectmessageto=",
                "blindcopyto=",
                "copyto=",
                "new_value=",
                "email_forwarding_destination_address=",
                // Outlook's own rules, as JSON.
                "ruleactions=")) {
            String value = value(folded, name);
            if (name.equals("ruleactions=") && !value.contains("forward") && !value.contains("redirect")) {
                continue;
            }
            for (String one : value.split("[;,\\s\\[\\]\"<>{}]+")) {
                String plain = one.startsWith("smtp:") ? one.substring(5) : one;
                if (plain.indexOf('@') > 0 && plain.length() < 255 && !to.contains(plain) && to.size() < 4) {
                    to.add(plain);
                }
            }
        }
        return to;
    }

    @Override
    public int capacity() {
        return 2000;
    }

    @Override
    public int bytesPerKey() {
        return 110_000;
    }
}
