package io.carom.mail.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.mail.MailData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// ValiMail's vectors of chains.
class ArcVectorsTest {
    @Test
    void allChainsAreAsTheySay() throws IOException {
        String text = new String(
                MailData.files("auth-vectors.tar.gz").get("arc/arc-draft-validation-tests.yml"),
                StandardCharsets.UTF_8);
        // Where a result is left empty the file's YAML is not well formed.
        text = text.replaceAll("(?m)^(\\s*cv:)\\s+\\|\\n\\s*\\n", "$1 \"\"\n");
        List<String> wrong = new ArrayList<>();
        int[] tests = {0};
        Load load = new Load(LoadSettings.builder().setAllowDuplicateKeys(true).build());
        for (Object document : load.loadAllFromString(text)) {
            Map<?, ?> section = (Map<?, ?>) document;
            Map<?, ?> records = section.get("txt-records") instanceof Map<?, ?> m ? m : Map.of();
            Dns dns = (name, type) -> records.containsKey(name)
                    ? List.of(String.valueOf(records.get(name)).strip())
                    : List.of();
            ((Map<?, ?>) section.get("tests")).forEach((name, one) -> {
                Map<?, ?> test = (Map<?, ?>) one;
                Object cv = test.get("cv");
                String right = cv == null ? "none" : String.valueOf(cv).toLowerCase(Locale.ROOT);
                Arc.Chain chain = Arc.check(String.valueOf(test.get("message")).getBytes(StandardCharsets.UTF_8), dns);
                // Where nothing is said, a chain that is damaged beyond reading may be none or fail.
                if (!right.isEmpty() && !chain.result().label().equals(right)) {
                    wrong.add(name + ": " + chain + " instead of " + right);
                }
                tests[0]++;
            });
        }
        assertEquals(List.of(), wrong);
        assertEquals(171, tests[0]);
    }
}
