package io.carom.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ColumnTest {
    private static final Attribute PORT = Attribute.of("src_endpoint.port");
    private static final Attribute ANSWER = Attribute.of("answers[].rdata");
    private static final FieldUse NONE = field -> false;

    @Test
    void rowsHaveWhatTheyWereGivenAndTheRestTheDefault() {
        Random random = new Random(4);
        for (int round = 0; round < 300; round++) {
            Column column = new Column(PORT, 16);
            TreeMap<Integer, Long> model = new TreeMap<>();
            int rows = random.nextInt(400);
            int filled = 0;
            for (int row = 0; row < rows; row++) {
                if (random.nextInt(3) == 0) {
                    column.set(row, row * 3L);
                    model.put(row, row * 3L);
                    if (random.nextInt(9) == 0) {
                        column.clear(row);
                        model.remove(row);
                    }
                }
                if (random.nextInt(60) == 0) {
                    int from = filled + random.nextInt(row - filled + 1);
                    column.fill(from, row, -7);
                    for (int i = from; i < row; i++) {
                        model.putIfAbsent(i, -7L);
                    }
                    filled = row;
                }
            }
            assertEquals(model.size(), column.nonNull());
            assertEquals(model.isEmpty(), column.isEmpty());
            for (int row = 0; row < rows + 200; row++) {
                assertEquals(model.containsKey(row), column.has(row));
                assertEquals(model.containsKey(row) ? 1 : 0, column.count(row));
                if (column.has(row)) {
                    assertEquals(model.get(row), column.value(row));
                }
            }
            column.reset();
            assertTrue(column.isEmpty());
            assertFalse(column.has(0));
            assertEquals(0, column.nonNull());
        }
    }

    @Test
    void aListKeepsAllValuesOfARowAndAScalarTheFirst() {
        EventBatch batch = new EventBatch(64);
        batch.startRow(0, 1, 0, 0);
        batch.add(ANSWER, 5);
        batch.add(ANSWER, 6);
        batch.set(PORT, 1);
        batch.columnOf(PORT).add(0, 2);
        batch.endRow(4003, NONE);
        Column answers = batch.columnOf(ANSWER);
        assertEquals(2, answers.count(0));
        assertEquals(5, answers.value(0));
        assertEquals(6, answers.value(0, 1));
        assertEquals(1, batch.number(PORT, 0, -1));
    }

    @Test
    void defaultsAreOfTheRowsOfTheirKindAlone() {
        Defaults first = new Defaults(List.of(
                new Defaults.Value(PORT, 80, null),
                new Defaults.Value(Attribute.MESSAGE, 0, "first".getBytes(StandardCharsets.UTF_8))));
        Defaults second = new Defaults(List.of(new Defaults.Value(PORT, 90, null)));
        EventBatch batch = new EventBatch(64);
        for (int row = 0; row < 200; row++) {
            batch.startRow(0, row + 1, 0, 0);
            assertFalse(batch.has(PORT));
            if (row % 5 == 0) {
                batch.set(PORT, row);
                assertTrue(batch.has(PORT));
            }
            if (row % 7 == 6) {
                batch.endRow(4001, NONE);
            } else {
                batch.endRow(4001, NONE, row % 3 == 0 ? second : first);
            }
        }
        batch.startRow(0, 201, 0, 0);
        batch.set(PORT, 1);
        batch.dropRow();
        for (int row = 0; row < 200; row++) {
            long expected = row % 5 == 0 ? row : row % 7 == 6 ? -1 : row % 3 == 0 ? 90 : 80;
            assertEquals(expected, batch.number(PORT, row, -1), "row " + row);
            assertEquals(row % 7 != 6 && row % 3 != 0 ? "first" : null, batch.text(Attribute.MESSAGE, row));
        }
        assertEquals(-1, batch.number(PORT, 200, -1));
    }

    @Test
    void aDefaultIsNoList() {
        assertThrows(IllegalArgumentException.class, () -> new Defaults(List.of(new Defaults.Value(ANSWER, 1, null))));
    }
}
