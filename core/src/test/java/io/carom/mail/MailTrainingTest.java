package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MailTrainingTest {
    /// Mails in which one reason tells and another stands in both kinds alike.
    private static List<MailTraining.Sample> samples() {
        Random random = new Random(5);
        List<MailTraining.Sample> samples = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            boolean phish = i % 2 == 0;
            Set<String> reasons = new TreeSet<>();
            if (random.nextInt(10) < (phish ? 9 : 1)) {
                reasons.add("link-short");
            }
            if (random.nextBoolean()) {
                reasons.add("says-credentials");
            }
            if (phish && random.nextInt(3) > 0) {
                reasons.add("name-brand");
            }
            samples.add(new MailTraining.Sample(reasons, phish, i));
        }
        return samples;
    }

    @Test
    void whatTellsGainsAndWhatDoesNotLoses() {
        Reasons fitted = MailTraining.fit(Reasons.own(), samples());
        assertTrue(fitted.of("link-short").weight()
                >= Reasons.own().of("link-short").weight());
        assertTrue(fitted.of("says-credentials").weight()
                < Reasons.own().of("says-credentials").weight());
    }

    @Test
    void aWeightStaysNearWhatWasJudgedAndKeepsItsSign() {
        Reasons fitted = MailTraining.fit(Reasons.own(), samples());
        Reasons.own().all().forEach((id, judged) -> {
            double weight = fitted.of(id).weight();
            if (!id.equals(Reasons.START)) {
                assertTrue(Math.abs(weight) <= Math.abs(judged.weight()) * 1.25 + 0.41, id);
                assertTrue(weight * judged.weight() >= 0, id);
            }
        });
    }

    @Test
    void theSameMailsGiveTheSameWeights() {
        assertEquals(
                MailTraining.fit(Reasons.own(), samples()).all(),
                MailTraining.fit(Reasons.own(), samples()).all());
    }

    @Test
    void heldOutMailsAreNotSeenAndAllAreScored() {
        MailTraining.Score score = MailTraining.crossValidated(Reasons.own(), samples(), 5);
        assertEquals(200, score.phish());
        assertEquals(200, score.others());
        assertTrue(score.found() > 100, score::text);
    }
}
