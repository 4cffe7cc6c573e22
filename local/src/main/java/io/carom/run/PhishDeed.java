package io.carom.run;

import io.carom.event.Finding;
import io.carom.event.SourceNames;
import io.carom.observe.Address;
import io.carom.observe.Origin;
import io.carom.run.PhishFollowing.Phish;
import io.carom.trace.Suspicion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// What somebody did with a phishing mail, or what was done with his account after it.
///
/// @param kind `opened`, `answered`, `signed in`
/// @param who did it, as far as it is known: once a mail and kind
record PhishDeed(
        String kind,
        Phish phish,
        String who,
        Origin origin,
        long time,
        String account,
        @Nullable Address src,
        String host,
        String detail,
        int severity,
        String technique) {
    /// The same for the same of the same mail, whatever record shows it first.
    String key() {
        return kind + "\0" + phish.client() + "\0" + phish.messageId() + "\0" + phish.from() + "\0"
                + who.toLowerCase(Locale.ROOT);
    }

    Finding finding(IntFunction<Input> inputs, RecordStage fetched) {
        RecordStage.Place place = Behaviours.place(origin, inputs);
        Finding.Evidence read = fetched.evidence(place);
        String subject = "\"" + cut(phish.subject()) + "\" from " + cut(phish.from());
        String shown = account.isEmpty() ? src == null ? host : src.text() : account;
        String title = switch (kind) {
            case "opened" -> shown + " opened " + cut(detail) + " of a phishing mail: " + subject;
            case "answered" -> shown + " answered a phishing mail: " + subject;
            default -> shown + " was signed in from " + cut(detail) + " after a phishing mail: " + subject;
        };
        String message = "The mail (message id " + cut(phish.messageId()) + ") came to "
                + cut(String.join(", ", new TreeSet<>(phish.to())))
                + (phish.sure() ? "" : " and is suspicious, not surely phishing") + ". "
                + (kind.equals("signed in")
                        ? "The account was not used from that network before."
                        : "Harmless if whoever looked into the mail did it.");
        Finding.Evidence evidence = new Finding.Evidence(
                place.path(),
                place.record(),
                read == null ? SourceNames.name(origin.source()) : read.source(),
                origin.classUid(),
                src == null ? read == null ? null : read.srcAddress() : src.text(),
                read == null ? null : read.dstAddress(),
                host.isEmpty() ? read == null ? null : read.host() : host,
                account.isEmpty() ? read == null ? null : read.user() : account,
                read == null ? "" : read.nativeRecord());
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(new Finding.Observable("email.from", 5, cut(phish.from())));
        // The mail's readers write their account in other ways in other logs.
        if (!account.isEmpty()) {
            phish.to().stream()
                    .filter(t -> Suspicion.bare(t).equals(Suspicion.bare(account)))
                    .forEach(t -> observables.add(new Finding.Observable("email.to[]", 4, t)));
        }
        String uid = UUID.nameUUIDFromBytes(("mail\0" + key()).getBytes(StandardCharsets.UTF_8))
                .toString();
        return new Finding(
                uid,
                MailStage.ANALYTIC + "-" + kind.replace(' ', '-'),
                title,
                message,
                severity,
                time,
                phish.client(),
                List.of(evidence, phish.evidence()),
                observables,
                // That a link was opened shows that the mail came in, not that somebody else did.
                technique.equals("T1204.002") ? List.of("T1204.002", "T1566.001") : List.of(technique));
    }

    private static String cut(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
