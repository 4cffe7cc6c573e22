package io.carom.run;

import io.carom.detect.indicator.IndicatorMatcher;
import io.carom.detect.indicator.IndicatorSet;
import io.carom.event.Attribute;
import io.carom.event.EventBatch;
import io.carom.event.Finding;
import io.carom.event.Indicator;
import io.carom.event.SourceNames;
import io.carom.intel.Warninglists;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Looks for indicators in what the line reads.
public final class IndicatorStage implements Stage {
    /// A native record longer than this is cut in its finding; the lake has it whole.
    static final int EVIDENCE = 8 << 10;

    private static final int HIGH = 4;

    private static final Attribute SRC = Attribute.of("src_endpoint.ip");
    private static final Attribute DST = Attribute.of("dst_endpoint.ip");
    private static final Attribute HOST = Attribute.of("device.hostname");
    private static final Attribute USER = Attribute.of("user.name");
    private static final Attribute ACTOR = Attribute.of("actor.user.name");

    private volatile IndicatorMatcher matcher;
    private final Warninglists warninglists;
    private final FindingSink sink;
    /// What warninglists say of an indicator that was seen.
    private final Map<Indicator, Judgement> judged = new IdentityHashMap<>();

    private @Nullable IndicatorMatcher judgedOf;

    private final Map<Excused, Long> excused = new LinkedHashMap<>();

    /// An indicator that was seen and gave no finding, for it is on a warninglist.
    ///
    /// @param why what the list means, in words
    public record Excused(Indicator indicator, String warninglist, String why) {}

    /// @param excusing the list that excuses it, if any
    /// @param beside what is said beside its findings; may be empty
    private record Judgement(Warninglists.@Nullable Listing excusing, String beside) {}

    private Judgement judge(Indicator indicator) {
        StringBuilder beside = new StringBuilder();
        for (Warninglists.Listing listing : warninglists.beside(indicator)) {
            beside.append(beside.isEmpty() ? " Note: it is on \"" : "; and on \"")
                    .append(listing.name())
                    .append("\" (")
                    .append(listing.meaning().words())
                    .append(')');
        }
        beside.append(beside.isEmpty() ? "" : ". That says who has the address or name and excuses nothing.");
        return new Judgement(warninglists.excusing(indicator), beside.toString());
    }

    public IndicatorStage(IndicatorSet indicators, FindingSink sink) {
        this(indicators, Warninglists.NONE, sink);
    }

    /// @param warninglists an indicator that one of them excuses, or {@link Warninglists#builtIn}, is
    /// counted
    /// and gives no finding
    public IndicatorStage(IndicatorSet indicators, Warninglists warninglists, FindingSink sink) {
        this.matcher = new IndicatorMatcher(indicators);
        this.warninglists = warninglists.and(Warninglists.builtIn());
        this.sink = sink;
    }

    /// Looks for these from the next batch on, in place of those before; may be called by any thread.
    public void replace(IndicatorSet indicators) {
        matcher = new IndicatorMatcher(indicators);
    }

    /// How often each indicator was seen that gave no finding.
    public Map<Excused, Long> excused() {
        return Collections.unmodifiableMap(excused);
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public void take(Input input, EventBatch batch, Position position) throws IOException {
        // An event that holds an indicator in several places is one finding with several observables.
        Map<String, Finding> found = new HashMap<>();
        IndicatorMatcher asked = matcher;
        if (judgedOf != asked) {
            judgedOf = asked;
            judged.clear();
        }
        asked.match(batch, (indicator, row, attribute, slice) -> {
            Judgement judgement = judged.computeIfAbsent(indicator, this::judge);
            Warninglists.Listing excusing = judgement.excusing;
            if (excusing != null) {
                excused.merge(
                        new Excused(
                                indicator, excusing.name(), excusing.meaning().words()),
                        1L,
                        Long::sum);
                return;
            }
            Finding.Observable seen =
                    new Finding.Observable(attribute.path(), attribute.observableType(), batch.text(slice));
            found.merge(
                    row + " " + indicator.value(),
                    finding(input, batch, row, indicator, judgement.beside, seen),
                    (first, again) -> with(first, seen));
        });
        for (Finding finding : found.values()) {
            sink.found(finding);
        }
    }

    private static Finding with(Finding f, Finding.Observable seen) {
        List<Finding.Observable> all = new java.util.ArrayList<>(f.observables());
        all.add(seen);
        return new Finding(
                f.uid(),
                f.analytic(),
                f.title(),
                f.message(),
                f.severityId(),
                f.time(),
                f.client(),
                f.evidence(),
                all,
                f.attacks());
    }

    private static Finding finding(
            Input input, EventBatch batch, int row, Indicator indicator, String beside, Finding.Observable seen) {
        long text = batch.nativeText(row);
        String record = batch.text(text);
        String user = batch.text(USER, row);
        String analytic = indicator.uid();
        String uid = UUID.nameUUIDFromBytes(
                        (analytic + "\0" + input.client() + "\0" + input.id() + "\0" + batch.record(row))
                                .getBytes(StandardCharsets.UTF_8))
                .toString();
        return new Finding(
                uid,
                analytic,
                "Known indicator seen: " + indicator.value(),
                (indicator.comment().isBlank()
                                ? "Listed in " + indicator.origin()
                                : indicator.comment() + " (" + indicator.origin() + ")")
                        + (beside.isEmpty() ? "" : "." + beside),
                HIGH,
                batch.number(Attribute.TIME, row, 0),
                input.client(),
                new Finding.Evidence(
                        input.path(),
                        batch.record(row),
                        SourceNames.name(batch.source(row)),
                        batch.classUid(row),
                        batch.text(SRC, row),
                        batch.text(DST, row),
                        batch.text(HOST, row),
                        user == null ? batch.text(ACTOR, row) : user,
                        record.length() > EVIDENCE ? record.substring(0, EVIDENCE) : record),
                List.of(seen),
                List.of());
    }
}
