package io.carom.run;

import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.Draft;
import io.carom.detect.behaviour.LinkBaseline;
import io.carom.detect.behaviour.Thresholds;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.event.Finding;
import io.carom.event.SourceNames;
import io.carom.incident.FindingsByEntity;
import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The behaviour analytics on the line: takes observations in order, and tells its findings when their
/// records were fetched.
public final class Behaviours implements Consumer<Observation> {
    /// Findings of one analytic at one client that are kept at most; an analytic that finds more says
    /// nothing by it.
    static final int MOST = 2000;

    private static final long DAY = 86_400_000L;

    /// Reads some records once more.
    public interface Records {
        RecordStage fetch(Set<RecordStage.Place> wanted) throws Exception;
    }

    private final Runner runner;
    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final Map<String, Integer> told = new LinkedHashMap<>();
    private long left;

    public Behaviours(List<Analytic<?>> analytics, Thresholds thresholds, Parties parties, Surroundings surroundings) {
        runner = new Runner(analytics, thresholds, parties, surroundings, this::found);
    }

    static String uid(Draft draft, String client) {
        return UUID.nameUUIDFromBytes((draft.analytic().id() + "\0" + client + "\0" + draft.subject() + "\0"
                                + Math.floorDiv(draft.time(), DAY))
                        .getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /// The same subject found again on the same day by the same analytic is one finding: the one that
    /// says most.
    private void found(Draft draft) {
        String client = draft.evidence().getFirst().client();
        String uid = uid(draft, client);
        Draft before = drafts.get(uid);
        if (before == null) {
            if (told.merge(draft.analytic().id() + "\0" + client, 1, Integer::sum) > MOST) {
                left++;
                return;
            }
            drafts.put(uid, draft);
        } else if (draft.severityId() > before.severityId()
                || draft.severityId() == before.severityId() && draft.confidence() >= before.confidence()) {
            drafts.put(uid, draft);
        }
    }

    @Override
    public void accept(Observation observation) {
        runner.take(observation);
    }

    /// There is no more to come.
    public void finish() {
        runner.finish();
    }

    /// What supplier links normally do, as far as it was learned.
    public List<LinkBaseline> baselines() {
        return runner.baselines();
    }

    /// Findings beyond {@link #MOST}, which were left out.
    public long leftOut() {
        return left;
    }

    /// Tells what was found, the earliest first.
    ///
    /// @param inputs by the numbers that observations name them by
    public void tell(List<Input> inputs, Records records, FindingSink sink) throws Exception {
        Set<RecordStage.Place> wanted = new HashSet<>();
        for (Draft draft : drafts.values()) {
            for (Origin origin : draft.evidence()) {
                wanted.add(place(origin, inputs::get));
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        RecordStage fetched = records.fetch(wanted);
        List<Map.Entry<String, Draft>> all = new ArrayList<>(drafts.entrySet());
        all.sort(Map.Entry.<String, Draft>comparingByValue(Comparator.comparingLong(Draft::time))
                .thenComparing(Map.Entry.comparingByKey()));
        for (Map.Entry<String, Draft> entry : all) {
            sink.found(finding(entry.getKey(), entry.getValue(), inputs::get, fetched));
        }
    }

    static RecordStage.Place place(Origin origin, IntFunction<Input> inputs) {
        Input input = inputs.apply(origin.input());
        return new RecordStage.Place(input.path(), input.client(), origin.record());
    }

    static Finding finding(String uid, Draft draft, IntFunction<Input> inputs, RecordStage fetched) throws IOException {
        List<Finding.Evidence> evidences = new ArrayList<>();
        for (Origin origin : draft.evidence()) {
            RecordStage.Place place = place(origin, inputs);
            Finding.Evidence record = fetched.evidence(place);
            evidences.add(
                    record != null
                            ? record
                            : new Finding.Evidence(
                                    place.path(),
                                    place.record(),
                                    SourceNames.name(origin.source()),
                                    origin.classUid(),
                                    null,
                                    null,
                                    null,
                                    null,
                                    ""));
        }
        Finding.Evidence first = evidences.getFirst();
        evidences.set(
                0,
                new Finding.Evidence(
                        first.path(),
                        first.record(),
                        first.source(),
                        first.classUid(),
                        either(draft.src(), first.srcAddress()),
                        either(draft.dst(), first.dstAddress()),
                        draft.host().isEmpty() ? first.host() : draft.host(),
                        draft.user().isEmpty() ? first.user() : draft.user(),
                        first.nativeRecord()));
        return new Finding(
                uid,
                FindingsByEntity.BEHAVIOUR + draft.analytic().id(),
                draft.title(),
                draft.message(),
                draft.severityId(),
                draft.time(),
                draft.evidence().getFirst().client(),
                evidences,
                draft.observables(),
                draft.attacks());
    }

    private static @Nullable String either(@Nullable Address stated, @Nullable String read) {
        return stated == null ? read : stated.text();
    }
}
