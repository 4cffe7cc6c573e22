package io.carom.mail.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.mail.MailData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The suite of openspf for RFC 7208: each test says which results are right.
class SpfVectorsTest {
    private int tests;
    private final List<String> wrong = new ArrayList<>();

    private void run(String file) throws IOException {
        String text = new String(MailData.files("auth-vectors.tar.gz").get("spf/" + file), StandardCharsets.UTF_8);
        Load load = new Load(LoadSettings.builder().setAllowDuplicateKeys(true).build());
        for (Object document : load.loadAllFromString(text)) {
            Map<?, ?> section = (Map<?, ?>) document;
            ZoneData zone = new ZoneData((Map<?, ?>) section.get("zonedata"));
            ((Map<?, ?>) section.get("tests"))
                    .forEach((name, test) -> one(String.valueOf(name), (Map<?, ?>) test, zone));
        }
    }

    private void one(String name, Map<?, ?> test, ZoneData zone) {
        tests++;
        List<?> right = test.get("result") instanceof List<?> list ? list : List.of(test.get("result"));
        Spf.Answer answer = Spf.check(zone, text(test.get("host")), text(test.get("helo")), text(test.get("mailfrom")));
        if (!right.contains(answer.result().label())) {
            wrong.add(name + ": " + answer.result().label() + " instead of " + right);
        }
        Object explanation = test.get("explanation");
        if (explanation != null && !explanation.equals("DEFAULT") && !explanation.equals(answer.explanation())) {
            wrong.add(name + ": \"" + answer.explanation() + "\" instead of \"" + explanation + "\"");
        }
    }

    private static String text(Object value) {
        return value == null ? "" : String.valueOf(value);
    }

    @Test
    void allOfRfc7208AreAsTheySay() throws IOException {
        run("rfc7208-tests.yml");
        assertEquals(List.of(), wrong);
        assertEquals(203, tests);
    }
}
