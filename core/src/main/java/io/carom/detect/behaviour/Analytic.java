package io.carom.detect.behaviour;

import io.carom.observe.Observation;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/// Looks for one kind of behaviour, key by key.
///
/// Observations of a key come in the order of their times, whatever order the logs came in. The state
/// of a key is a plain serialisable object that belongs to whoever runs this: the same class is a keyed
/// function of a stream engine. An analytic itself has no state.
///
/// Registered by `@AutoService(Analytic.class)`. Its thresholds stand with their reasons in
/// `analytics.yaml`.
///
/// @param <S> state of one key
public interface Analytic<S extends Serializable> {
    /// Short and stable, `finding_info.analytic.uid` of its findings: `scan`, `beacon`.
    String id();

    /// In a few words, for lists.
    String title();

    /// ATT&CK techniques that its findings may name.
    List<String> techniques();

    /// What belongs together, as a 64-bit key (see `Keys`); 0 if it does not concern this analytic.
    /// Keys of two clients must differ: begin with {@link Context#tenant}.
    long key(Observation observation, Context context);

    /// State of a key that is met for the first time.
    S begin(Observation observation, Context context);

    void update(S state, Observation observation, Context context);

    /// How often {@link #review} is to be called, in event time.
    default Duration every() {
        return Duration.ofDays(1);
    }

    /// The time has come to look at a state as a whole; it is also called once at the end of all input.
    ///
    /// @return whether the state is still of use; if not it is dropped
    default boolean review(S state, Context context) {
        return true;
    }

    /// How many keys are held at once. Beyond it those that were quiet longest are reviewed and
    /// dropped.
    int capacity();

    /// Whether its states grow with the pairs of a network, so that memory and not the capacity bounds
    /// them: whoever runs it says how much ({@link #bytes} added up), and beyond it those that were
    /// quiet longest are reviewed and dropped. Looked at with each review, and as states are begun.
    default boolean growsWithPairs() {
        return false;
    }

    /// About how many bytes this state takes.
    default int bytes(S state) {
        return bytesPerKey();
    }

    /// Most bytes the state of one key takes, for the stated bound of memory.
    int bytesPerKey();
}
