package io.carom.event;

import java.util.List;

/// A place in an event, resolved against the schema: `file.hashes[algorithm_id=3].value`.
///
/// Steps are parted by dots. A step whose attribute is an array may bear a mark: `[]` each element,
/// `[0]` the element of that index, `[algorithm_id=3]` the element whose member has that value. An
/// array without a mark is meant as a whole when it is the last step; before the last it means each
/// element, as in the names OCSF gives observables.
///
/// @param text the path as written
public record OcsfPath(String text, List<Step> steps) {
    public OcsfPath {
        steps = List.copyOf(steps);
    }

    /// The attribute at the end.
    public OcsfAttribute leaf() {
        return steps.getLast().attribute();
    }

    /// Whether the path can name many values of one event: some step takes each element of an array.
    public boolean isMany() {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if (step.mark() instanceof Each) return true;
            if (step.attribute().array() && step.mark() instanceof Whole && i < steps.size() - 1) return true;
        }
        return false;
    }

    /// One attribute on the way.
    public record Step(OcsfAttribute attribute, Mark mark) {}

    /// Which elements of an array a step means.
    public sealed interface Mark {}

    /// No mark: the attribute's value itself.
    public record Whole() implements Mark {}

    /// `[]`
    public record Each() implements Mark {}

    /// `[0]`
    public record Index(int index) implements Mark {}

    /// `[algorithm_id=3]`; the value is one that the member's type and enumeration allow.
    public record Where(String member, String value) implements Mark {}
}
