package io.carom.cli;

import io.carom.intel.IndicatorValue;
import java.util.LinkedHashSet;
import java.util.Set;

/// A value as a person writes it, who may have it from a mail: `EVIL[.]example`.
final class IntelSpelling {
    private IntelSpelling() {}

    /// The value as it stands, and in the form in which it is kept if it was one.
    static Set<String> of(String value) {
        Set<String> all = new LinkedHashSet<>();
        all.add(value);
        IndicatorValue.of(value).ifPresent(typed -> all.add(typed.value()));
        return all;
    }
}
