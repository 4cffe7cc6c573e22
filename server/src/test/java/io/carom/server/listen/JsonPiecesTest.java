package io.carom.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class JsonPiecesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> elements(String json) throws IOException {
        byte[] b = bytes(json);
        List<String> all = new ArrayList<>();
        int end = JsonPieces.elements(
                b, 0, (from, to) -> all.add(new String(b, from, to - from, StandardCharsets.UTF_8)));
        assertEquals(b.length, end);
        return all;
    }

    private static List<String> members(String json) throws IOException {
        byte[] b = bytes(json);
        List<String> all = new ArrayList<>();
        int end = JsonPieces.members(
                b, 0, (name, from, to) -> all.add(name + "=" + new String(b, from, to - from, StandardCharsets.UTF_8)));
        assertEquals(b.length, end);
        return all;
    }

    @Test
    void elementsAndMembersStandWhereTheyAreWritten() throws IOException {
        assertEquals(
                List.of("{\"a\":\"]}\\\"\"}", "[1,[2]]", "\"x,\"", "-1.5E+3", "null"),
                elements("[ {\"a\":\"]}\\\"\"} ,\n[1,[2]],\"x,\",-1.5E+3,null ]"));
        assertEquals(List.of(), elements("[ ]"));
        assertEquals(List.of("a=1", "b={\"c\":[]}", "d=\"ü:\""), members("{\"a\" : 1,\"b\":{\"c\":[]}, \"d\":\"ü:\"}"));
        assertEquals(List.of(), members("{}"));
    }

    @Test
    void whatIsCutShortOrNoJsonIsSaidToBeSo() {
        String whole = "[{\"a\":\"x\"},\"y\",1]";
        for (int cut = 1; cut < whole.length(); cut++) {
            byte[] b = bytes(whole.substring(0, cut));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> JsonPieces.elements(b, 0, (from, to) -> {}),
                    whole.substring(0, cut));
        }
        for (String wrong : List.of("{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "{\"a\" 1}")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> JsonPieces.members(bytes(wrong), 0, (name, from, to) -> {}),
                    wrong);
        }
    }

    private static Object any(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 3 : 5)) {
            case 0 -> random.nextInt(2) == 0 ? (Object) random.nextInt() : (Object) random.nextDouble();
            case 1 -> "a\"\\[{]},:\n" + random.nextInt(100) + "ü";
            case 2 -> random.nextBoolean();
            case 3 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(any(random, depth + 1));
                }
                yield list;
            }
            default -> {
                java.util.Map<String, Object> map = new java.util.LinkedHashMap<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    map.put("k" + i, any(random, depth + 1));
                }
                yield map;
            }
        };
    }

    /// As a tree has them.
    @Test
    void piecesAreWhatATreeHas() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                list.add(any(random, 0));
            }
            String text = round % 2 == 0
                    ? JSON.writeValueAsString(list)
                    : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(list);
            JsonNode tree = JSON.readTree(text);
            List<String> pieces = elements(text);
            assertEquals(tree.size(), pieces.size(), text);
            for (int i = 0; i < pieces.size(); i++) {
                assertEquals(tree.get(i), JSON.readTree(pieces.get(i)), text);
            }
        }
        byte[] marked = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, ' ', '5'};
        assertEquals(4, JsonPieces.begin(marked));
        assertEquals(5, JsonPieces.end(marked, 4));
        assertEquals(2, JsonPieces.begin(Arrays.copyOf(bytes("  "), 2)));
    }
}
