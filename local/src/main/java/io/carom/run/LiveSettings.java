package io.carom.run;

import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.Thresholds;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.party.Parties;
import io.carom.source.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// What a live line goes by.
///
/// @param home where spool, lake, findings and cases are
/// @param partiesText the parties file as text; empty if there is none
/// @param detectors makes the stages that look at single events; asked again where a kept state cannot be taken up,
/// and those of before are not used any more
/// @param analytics that look at behaviour; may be none
/// @param surroundings what behaviour analytics ask of the world
/// @param hold how long an observation waits for those that happened before it and come later
/// @param snapshot how often the detectors' state is kept, at most
/// @param notes told what a person who runs the server is to know
public record LiveSettings(
        Path home,
        Sources sources,
        Parties parties,
        String partiesText,
        Function<FindingSink, List<Stage>> detectors,
        List<Analytic<?>> analytics,
        Thresholds thresholds,
        Surroundings surroundings,
        Duration hold,
        Duration snapshot,
        InstantSource clock,
        Consumer<String> notes) {
    public LiveSettings {
        analytics = List.copyOf(analytics);
    }
}
