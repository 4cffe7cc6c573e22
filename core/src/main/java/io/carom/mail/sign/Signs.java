package io.carom.mail.sign;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was seen in a mail, by reason, with what was seen. Text of mails stands in it as it is: to
/// be escaped where it is shown.
public final class Signs {
    private static final int DETAILS = 3;
    private static final int LONGEST = 160;

    private final Map<String, List<String>> seen = new LinkedHashMap<>();

    /// @param reason as `reasons.yaml` names it
    /// @param detail what was seen; empty if the reason says it all
    public void add(String reason, String detail) {
        List<String> details = seen.computeIfAbsent(reason, k -> new ArrayList<>());
        String one = detail.length() > LONGEST ? detail.substring(0, LONGEST) + "…" : detail;
        if (!one.isEmpty() && details.size() < DETAILS && !details.contains(one)) {
            details.add(one);
        }
    }

    public void add(String reason) {
        add(reason, "");
    }

    public boolean has(String reason) {
        return seen.containsKey(reason);
    }

    /// Reasons with their details, in the order in which they were seen.
    public Map<String, List<String>> seen() {
        return Collections.unmodifiableMap(seen);
    }
}
