package io.carom.run;

import io.carom.detect.sigma.Rule;
import io.carom.detect.sigma.engine.Explanation;
import io.carom.detect.sigma.engine.RuleMatcher;
import io.carom.detect.sigma.engine.Rules;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts Sigma rules to what the line reads.
public final class SigmaStage implements Stage {
    private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t\\d{4}(?:\\.\\d{3})?)");

    /// Values told of one match, and how much of each.
    private static final int REASONS = 12;
    private static final int LONGEST = 500;

    private final Rules rules;
    private final RuleMatcher matcher;
    private final IndicatorStage.Sink sink;

    public SigmaStage(Rules rules, IndicatorStage.Sink sink) {
        this.rules = rules;
        this.matcher = new RuleMatcher(rules);
        this.sink = sink;
    }

    @Override
    public void take(Input input, EventBatch batch, Position position) throws IOException {
        try {
            matcher.match(batch, (rule, kind, b, row) -> {
                try {
                    sink.found(finding(input, rule, kind, b, row));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Finding finding(Input input, Rule rule, int kind, EventBatch batch, int row) {
        List<Finding.Observable> seen = new ArrayList<>();
        StringBuilder why = new StringBuilder(rule.description());
        for (Explanation.Reason reason : Explanation.of(rules.sources(), kind, rule, batch, row)) {
            if (seen.size() == REASONS) {
                break;
            }
            String field = reason.field() == null ? "keyword" : reason.field();
            String value =
                    reason.value().length() > LONGEST ? reason.value().substring(0, LONGEST) + "…" : reason.value();
            seen.add(new Finding.Observable(reason.selection() + ": " + field, OTHER, value));
        }
        if (!rule.falsePositives().isEmpty()) {
            why.append(" Known to be harmless: ")
                    .append(String.join("; ", rule.falsePositives()))
                    .append('.');
        }
        if (!rule.references().isEmpty()) {
            why.append(" See ").append(String.join(" ", rule.references()));
        }
        String uid = UUID.nameUUIDFromBytes(
                        (rule.id() + "\0" + input.client() + "\0" + input.id() + "\0" + batch.record(row))
                                .getBytes(StandardCharsets.UTF_8))
                .toString();
        return new Finding(
                uid,
                rule.id(),
                rule.title(),
                why.toString().strip(),
                rule.level().severityId(),
                batch.number(Attribute.TIME, row, 0),
                input.client(),
                EventEvidence.of(input, batch, row),
                seen,
                techniques(rule));
    }

    /// OCSF's `type_id` for an observable of no listed kind.
    private static final int OTHER = 99;

    private static List<String> techniques(Rule rule) {
        List<String> techniques = new ArrayList<>();
        for (String tag : rule.tags()) {
            Matcher technique = TECHNIQUE.matcher(tag.toLowerCase(Locale.ROOT));
            if (technique.matches()) {
                techniques.add(technique.group(1).toUpperCase(Locale.ROOT));
            }
        }
        return techniques;
    }
}
