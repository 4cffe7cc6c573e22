package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.event.Finding;
import io.carom.event.SourceNames;
import io.carom.incident.FindingsByEntity;
import io.carom.mail.Lists;
import io.carom.mail.MailHistory;
import io.carom.mail.MailScanner;
import io.carom.mail.MailVerdict;
import io.carom.mail.structure.AttachedMails;
import io.carom.mail.structure.MailStructure;
import io.carom.mail.structure.WebAddress;
import io.carom.source.Mbox;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Says of the mails that the line reads whether they are phishing: a finding for each reader of one.
///
/// Mails of one client are looked at by what that client's mails said before, in the order in which
/// they are read.
public final class MailStage implements Stage {
    /// The analytic's id in findings.
    public static final String ANALYTIC = FindingsByEntity.BEHAVIOUR + "mail";

    private static final int READERS = 50;
    private static final int REASONS = 8;
    private static final int HOSTS = 4;
    private static final int LONGEST = 200;
    private static final int EMAIL_ACTIVITY = 4009;

    private final MailScanner.Settings settings;
    /// Made for the first mail: most inputs have none, and its lists take a while to read.
    private @Nullable MailScanner scanner;
    private final Map<String, MailHistory> histories = new HashMap<>();
    private final FindingSink sink;
    private Consumer<PhishFollowing.Phish> phishes;
    private long mails;
    private long told;

    /// @param following is told of each phish, to see what came of it
    public MailStage(MailScanner.Settings settings, PhishFollowing following, FindingSink sink) {
        this.settings = settings;
        this.phishes = following::phish;
        this.sink = sink;
    }

    /// Phishes are told to this from now on, and to nobody else.
    void tell(Consumer<PhishFollowing.Phish> to) {
        phishes = to;
    }

    private byte[] saved = {};
    private long savedAt = -1;

    /// What mails said before, to be taken up again by {@link #load}. Where no mail came since it is what it was.
    void save(ObjectOutputStream out) throws IOException {
        if (savedAt != mails) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream own = new ObjectOutputStream(bytes)) {
                own.writeObject(histories);
            }
            saved = bytes.toByteArray();
            savedAt = mails;
        }
        out.writeInt(saved.length);
        out.write(saved);
    }

    @SuppressWarnings("unchecked")
    void load(ObjectInputStream in) throws IOException, ClassNotFoundException {
        byte[] bytes = in.readNBytes(in.readInt());
        try (ObjectInputStream own = LiveSnapshot.objects(new ByteArrayInputStream(bytes))) {
            histories.putAll((Map<String, MailHistory>) own.readObject());
        }
    }

    /// How many mails were looked at.
    public long mails() {
        return mails;
    }

    /// How many of them are suspicious or worse.
    public long told() {
        return told;
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) throws IOException {
        for (int row = 0; row < batch.rows(); row++) {
            String source = batch.classUid(row) == EMAIL_ACTIVITY ? SourceNames.name(batch.source(row)) : "";
            if (source.equals("eml") || source.equals("mbox")) {
                look(input, batch, row);
            }
        }
    }

    private void look(Input input, EventBatch batch, int row) throws IOException {
        String record = batch.text(batch.nativeText(row));
        byte[] mail = record.getBytes(StandardCharsets.UTF_8);
        String envelope = "";
        int line = record.indexOf('\n');
        if (record.startsWith("From ") && line > 0) {
            byte[] first = record.substring(0, line).strip().getBytes(StandardCharsets.UTF_8);
            if (Mbox.isBegin(first, 0, first.length)) {
                envelope = record.substring(5, line).strip();
                mail = record.substring(line + 1).getBytes(StandardCharsets.UTF_8);
            }
        }
        mails++;
        MailHistory history = histories.computeIfAbsent(input.client(), c -> new MailHistory());
        MailScanner judge = scanner;
        if (judge == null) {
            judge = new MailScanner(settings);
            scanner = judge;
        }
        Finding.Evidence evidence = EventEvidence.of(input, batch, row);
        boolean reported = false;
        for (byte[] attached : AttachedMails.of(mail)) {
            MailVerdict verdict = judge.scan(attached, "", false, history);
            if (verdict.isMail() && verdict.isSuspicious()) {
                reported = true;
                tell(input, batch, row, verdict, AttachedMails.received(MailStructure.of(attached)), evidence);
            }
        }
        MailVerdict verdict = judge.scan(mail, envelope, false, history);
        // Who reports a mail, or forwards it to be looked at, is not who sent it.
        boolean report = reported && isOurs(verdict.from());
        if (!report && verdict.isMail() && verdict.isSuspicious()) {
            tell(input, batch, row, verdict, batch.number(io.carom.event.Attribute.TIME, row, 0), evidence);
        }
    }

    private boolean isOurs(String sender) {
        String host = sender.substring(sender.indexOf('@') + 1);
        return settings.names().stream().anyMatch(name -> name.owns(host));
    }

    private void tell(Input input, EventBatch batch, int row, MailVerdict verdict, long time, Finding.Evidence evidence)
            throws IOException {
        told++;
        List<String> readers = verdict.to().isEmpty() ? List.of("") : verdict.to();
        for (String reader : readers.subList(0, Math.min(READERS, readers.size()))) {
            sink.found(finding(verdict, evidence, input, batch.record(row), time, reader));
        }
        phishes.accept(new PhishFollowing.Phish(
                input.client(),
                time,
                verdict.messageId(),
                verdict.from(),
                verdict.subject(),
                Set.copyOf(verdict.to()),
                verdict.urls(),
                verdict.files(),
                verdict.verdict() == MailVerdict.Verdict.PHISHING,
                evidence));
    }

    private Finding finding(MailVerdict v, Finding.Evidence e, Input input, long record, long time, String reader) {
        boolean sure = v.verdict() == MailVerdict.Verdict.PHISHING;
        String uid = UUID.nameUUIDFromBytes(
                        (ANALYTIC + "\0" + input.client() + "\0" + input.id() + "\0" + record + "\0" + reader)
                                .getBytes(StandardCharsets.UTF_8))
                .toString();
        StringBuilder why = new StringBuilder(String.format(
                Locale.ROOT,
                "%s with a probability of %.0f %%. It ",
                sure ? "Phishing" : "Suspicious",
                v.score() * 100));
        int most = REASONS;
        for (MailVerdict.Seen seen : v.reasons()) {
            if (seen.reason().weight() > 0 && most-- > 0) {
                why.append(most == REASONS - 1 ? "" : "; ").append(seen.reason().text());
                if (!seen.details().isEmpty()) {
                    why.append(" (").append(cut(seen.details().getFirst())).append(')');
                }
            }
        }
        why.append(". Message id: ").append(cut(v.messageId())).append('.');
        return new Finding(
                uid,
                ANALYTIC,
                (sure ? "Phishing mail" : "Suspicious mail") + (reader.isEmpty() ? "" : " to " + cut(reader)) + " from "
                        + (v.from().isEmpty() ? "nobody" : cut(v.from())) + ": " + cut(v.subject()),
                why.toString(),
                sure ? 3 : 2,
                time,
                input.client(),
                new Finding.Evidence(
                        e.path(),
                        e.record(),
                        e.source(),
                        e.classUid(),
                        e.srcAddress(),
                        null,
                        null,
                        reader.isEmpty() ? null : reader,
                        e.nativeRecord()),
                observables(v),
                List.of(technique(v)));
    }

    private static String technique(MailVerdict v) {
        boolean file = v.reasons().stream().anyMatch(s -> s.reason().id().startsWith("file-"));
        return file ? "T1566.001" : v.urls().isEmpty() ? "T1566" : "T1566.002";
    }

    /// What else in the logs may have to do with it: not places where everybody has something.
    private List<Finding.Observable> observables(MailVerdict v) {
        List<Finding.Observable> out = new ArrayList<>();
        if (!v.from().isEmpty() && v.from().length() <= LONGEST) {
            out.add(new Finding.Observable("email.from", 5, v.from()));
        }
        Set<String> hosts = new LinkedHashSet<>();
        for (String url : v.urls()) {
            WebAddress address = WebAddress.of(url);
            if (address != null
                    && address.isWeb()
                    && !address.host().isEmpty()
                    && isOwn(address.host())
                    && hosts.size() < HOSTS) {
                hosts.add(address.host());
            }
        }
        if (v.verdict() == MailVerdict.Verdict.PHISHING) {
            hosts.forEach(h -> out.add(new Finding.Observable("email.urls[].hostname", 1, h)));
        }
        if (!v.messageId().isEmpty() && v.messageId().length() <= LONGEST) {
            out.add(new Finding.Observable("email.message_uid", 99, v.messageId()));
        }
        return out;
    }

    private boolean isOwn(String host) {
        return !Lists.own().isShared(host);
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
