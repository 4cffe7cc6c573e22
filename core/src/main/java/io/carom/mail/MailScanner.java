package io.carom.mail;

import io.carom.mail.auth.Authentication;
import io.carom.mail.name.LookAlikes;
import io.carom.mail.name.OwnName;
import io.carom.mail.sign.AttachmentSigns;
import io.carom.mail.sign.LinkSigns;
import io.carom.mail.sign.SenderSigns;
import io.carom.mail.sign.Signs;
import io.carom.mail.sign.TextSigns;
import io.carom.mail.sign.View;
import io.carom.mail.structure.MailStructure;
import io.carom.mail.structure.Part;
import io.carom.observe.Domains;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Says of mails whether they are phishing, and why.
///
/// A mail is looked at by itself and by what was known before it; nothing of it is followed,
/// fetched or run. Bounds are those of {@link MailStructure} and {@link AttachmentSigns}. Never
/// throws on a mail. Not safe for many threads.
public final class MailScanner {
    /// What mails are looked at with.
    ///
    /// @param names organisations that mails may pretend to be of
    public record Settings(
            Reasons reasons, List<OwnName> names, Authentication.Settings authentication, KnownIndicators indicators) {
        /// Carom's own weights, no names, nothing checked.
        public static final Settings DEFAULT =
                new Settings(Reasons.own(), List.of(), Authentication.Settings.NONE, KnownIndicators.NONE);

        public Settings {
            names = List.copyOf(names);
        }
    }

    /// A mail has one of these fields; what has none is something else.
    private static final Set<String> OWN =
            Set.of("from", "received", "message-id", "return-path", "subject", "mime-version", "delivered-to");

    private final Settings settings;
    private final Domains domains = new Domains();
    private final SenderSigns sender;
    private final LinkSigns links;
    private final TextSigns text;
    private final AttachmentSigns attachments;

    public MailScanner(Settings settings) {
        this.settings = settings;
        LookAlikes own = new LookAlikes(settings.names());
        sender = new SenderSigns(own, settings.names());
        links = new LinkSigns(own);
        text = new TextSigns(settings.names());
        attachments = new AttachmentSigns(own);
    }

    /// @param mail as it was sent
    /// @param envelope sender and time of an mbox' `From ` line, or empty
    /// @param cut whether the mail goes on behind what is given
    public MailVerdict scan(byte[] mail, String envelope, boolean cut) {
        return verdict(look(mail, envelope, cut));
    }

    /// What was seen of one mail.
    public record Look(View view, Signs signs) {}

    /// As {@link #scan(byte[], String, boolean)}, with what was known before; the mail is known
    /// from then on.
    public MailVerdict scan(byte[] mail, String envelope, boolean cut, MailHistory history) {
        Look look = look(mail, envelope, cut);
        history.look(look.view, look.signs);
        MailVerdict verdict = verdict(look);
        history.learn(look.view, verdict.verdict());
        return verdict;
    }

    /// Looks at a mail and weighs nothing.
    public Look look(byte[] mail, String envelope, boolean cut) {
        View view = new View(MailStructure.of(mail), envelope, domains);
        view.auth = Authentication.of(
                view.mail, envelope, view.fromAll.size() == 1 ? view.fromHost : "", settings.authentication(), domains);
        Signs signs = new Signs();
        sender.look(view, signs);
        text.look(view, signs);
        // Files and pictures say where they lead; so do links, after them.
        attachments.look(view, signs);
        links.look(view, signs);
        settings.indicators().look(view, signs);
        if (view.mail.cut().stream().anyMatch(c -> c.contains("damaged"))) {
            signs.add("damaged");
        }
        if (cut || view.mail.cut().stream().anyMatch(c -> !c.contains("damaged"))) {
            signs.add("too-large", String.join("; ", view.mail.cut()));
        }
        return new Look(view, signs);
    }

    /// Weighs what was seen.
    public MailVerdict verdict(Look look) {
        Reasons reasons = settings.reasons();
        double sum = reasons.of(Reasons.START).weight();
        List<MailVerdict.Seen> seen = new ArrayList<>();
        for (Map.Entry<String, List<String>> sign : look.signs.seen().entrySet()) {
            Reasons.Reason reason = reasons.of(sign.getKey());
            sum += reason.weight();
            if (reason.weight() != 0) {
                seen.add(new MailVerdict.Seen(reason, sign.getValue()));
            }
        }
        seen.sort(Comparator.comparingDouble(
                        (MailVerdict.Seen s) -> Math.abs(s.reason().weight()))
                .reversed());
        double score = 1 / (1 + Math.exp(-sum));
        View view = look.view;
        Set<String> urls = new LinkedHashSet<>();
        view.targets.forEach(t -> urls.add(t.address().text()));
        List<String> files = new ArrayList<>();
        for (Part part : view.mail.parts()) {
            if (part.isFile() && part.name() != null && files.size() < 1_000) {
                files.add(part.name());
            }
        }
        return new MailVerdict(
                view.messageId(),
                view.from,
                view.mail.first("subject"),
                List.copyOf(view.recipients),
                MailVerdict.Verdict.of(score),
                score,
                seen,
                view.auth,
                List.copyOf(urls),
                files,
                OWN.stream().anyMatch(view.mail::has),
                view.mail.cut());
    }
}
