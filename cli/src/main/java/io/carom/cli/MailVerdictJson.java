package io.carom.cli;

import io.carom.mail.MailVerdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A verdict as `mail scan --json` writes it.
final class MailVerdictJson {
    private MailVerdictJson() {}

    static Map<String, @Nullable Object> of(String path, long number, MailVerdict v) {
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("path", path);
        line.put("record", number);
        line.put("message_id", v.messageId());
        line.put("from", v.from());
        line.put("to", v.to());
        line.put("subject", v.subject());
        line.put("verdict", v.verdict().label());
        line.put("score", Math.round(v.score() * 10_000) / 10_000.0);
        List<Map<String, Object>> reasons = new ArrayList<>();
        for (MailVerdict.Seen seen : v.reasons()) {
            Map<String, Object> reason = new LinkedHashMap<>();
            reason.put("id", seen.reason().id());
            reason.put("weight", seen.reason().weight());
            reason.put("text", seen.reason().text());
            reason.put("seen", seen.details());
            reasons.add(reason);
        }
        line.put("reasons", reasons);
        Map<String, Object> auth = new LinkedHashMap<>();
        auth.put("spf", v.auth().spf());
        auth.put("dkim", v.auth().dkim());
        auth.put("dmarc", v.auth().dmarc());
        auth.put("arc", v.auth().arc());
        auth.put("by", v.auth().by());
        auth.put("notes", v.auth().notes());
        line.put("auth", auth);
        line.put("urls", v.urls());
        line.put("files", v.files());
        line.put("not_looked_at", v.cut());
        return line;
    }
}
