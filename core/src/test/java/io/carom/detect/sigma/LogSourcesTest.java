package io.carom.detect.sigma;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogSourcesTest {
    @Test
    void everyLogSourceOfTheRulesIsRoutedOrHasAReason() {
        LogSources sources = LogSources.standard();
        Set<LogSource> all = new LinkedHashSet<>();
        for (Rule rule : SigmaHqRulesTest.read("sigma/rules.tar.gz", "").rules()) {
            all.add(rule.logSource());
        }
        List<String> open = new ArrayList<>();
        for (LogSource of : all) {
            if (sources.knows(of) == (sources.reason(of) != null)) {
                open.add(of + (sources.knows(of) ? " is routed and has a reason why not" : " leads nowhere"));
            }
        }
        assertEquals(List.of(), open);
        assertEquals(138, all.size());
    }
}
