package io.carom.scenario;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Mails that came in: the journal of all, as a mailbox file a day, and those that people reported, each a
/// file of its own.
final class MailLog {
    private final Org org;
    private final LogFile journal;
    private final LogFile reported;
    private final Random random;

    MailLog(Org org, Logs logs, Random random) {
        this.org = org;
        this.random = random;
        journal = logs.log("mail", "mail", "journal-DATE.mbox");
        reported = logs.log("mail", "mail", "reported/mail-NUMBER.eml");
    }

    /// A mail as a server outside handed it in.
    ///
    /// @param link that stands in it; empty for none
    record Mail(String from, String name, String to, String subject, String relay, String address, String link) {}

    void received(long at, Mail mail, @Nullable String why) {
        long shown = journal.begin(at, why);
        journal.text.add("From ").add(mail.from()).add(' ').asctime(shown).add('\n');
        message(journal.text, shown, mail);
        journal.end();
    }

    /// Somebody handed it to the service desk.
    void reported(long at, Mail mail, @Nullable String why) {
        long shown = reported.begin(at, why);
        message(reported.text, shown, mail);
        reported.end();
    }

    private void message(Text t, long shown, Mail mail) {
        boolean genuine =
                mail.from().endsWith(mail.relay().substring(mail.relay().indexOf('.') + 1));
        String id = Long.toHexString(random.nextLong());
        t.add("Return-Path: <")
                .add(mail.from())
                .add(">\nDelivered-To: ")
                .add(mail.to())
                .add("\nReceived: from ");
        t.add(mail.relay())
                .add(" (")
                .add(mail.relay())
                .add(" [")
                .add(mail.address())
                .add("])\n\tby mx1.");
        t.add(org.domain)
                .add(" (Postfix) with ESMTPS id ")
                .add(id.substring(0, Math.min(9, id.length())))
                .add("\n\tfor <");
        t.add(mail.to())
                .add(">; ")
                .mail(shown)
                .add("\nAuthentication-Results: mx1.")
                .add(org.domain);
        t.add("; spf=")
                .add(genuine ? "pass" : "none")
                .add(" smtp.mailfrom=")
                .add(mail.from())
                .add("; dkim=");
        t.add(genuine ? "pass" : "none")
                .add("\nDate: ")
                .mail(shown - 4000)
                .add("\nFrom: \"")
                .add(mail.name());
        t.add("\" <")
                .add(mail.from())
                .add(">\nTo: <")
                .add(mail.to())
                .add(">\nSubject: ")
                .add(mail.subject());
        t.add("\nMessage-ID: <").add(id).add('@').add(mail.relay()).add(">\nMIME-Version: 1.0\n");
        t.add("Content-Type: text/plain; charset=utf-8\n\n");
        if (mail.link().isEmpty()) {
            t.add("Hello,\n\nplease see below. I will call you in the afternoon.\n\nKind regards\n")
                    .add(mail.name());
        } else {
            t.add("Hello,\n\nthe message can be read here:\n")
                    .add(mail.link())
                    .add("\n\nKind regards\n")
                    .add(mail.name());
        }
        t.add('\n');
    }
}
