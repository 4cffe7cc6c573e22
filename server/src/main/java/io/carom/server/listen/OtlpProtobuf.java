package io.carom.server.listen;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// OTLP's `ExportLogsServiceRequest` from protobuf's wire form to the trees that its JSON form has, a
/// record at a time (opentelemetry-proto 1.x: `collector/logs/v1`, `logs/v1`, `common/v1`). Only what the
/// records are made of is taken; unknown fields are passed over, as protobuf wants it.
final class OtlpProtobuf {
    private static final int DEPTH = 60;
    /// Messages within one record, or within what is said of all.
    private static final int MESSAGES = 50_000;

    private final HttpBody.Read body;
    private final byte[] b;
    private int at;
    private int messages;

    private OtlpProtobuf(HttpBody.Read body) {
        this.body = body;
        this.b = body.bytes();
    }

    /// Takes the records one after the other.
    interface Taker {
        /// @param attributes of what it is of
        void take(JsonNode attributes, ObjectNode log) throws IOException;
    }

    /// @throws IllegalArgumentException if it is no protobuf, or one record is of too many messages
    static void logs(HttpBody.Read body, Taker taker) throws IOException {
        OtlpProtobuf in = new OtlpProtobuf(body);
        in.message(in.b.length, (field, wire, end) -> {
            if (field == 1 && wire == 2) {
                in.resourceLogs(end, taker);
            }
        });
    }

    private interface Fields {
        /// @param end where the field's own bytes end, for those that say their length
        void field(int number, int wire, int end) throws IOException;
    }

    private void message(int end, Fields fields) throws IOException {
        if (++messages > MESSAGES) {
            throw new IllegalArgumentException("a record of more than " + MESSAGES + " messages");
        }
        while (at < end) {
            long tag = varint();
            int wire = (int) tag & 7;
            int number = (int) (tag >>> 3);
            int stop = switch (wire) {
                case 0 -> {
                    int from = at;
                    varint();
                    int to = at;
                    at = from;
                    yield to;
                }
                case 1 -> at + 8;
                case 2 -> {
                    long length = varint();
                    if (length < 0 || length > end - at) {
                        throw new IllegalArgumentException("a field is longer than its message");
                    }
                    yield at + (int) length;
                }
                case 5 -> at + 4;
                default -> throw new IllegalArgumentException("no wire type: " + wire);
            };
            if (stop > end) {
                throw new IllegalArgumentException("a field is longer than its message");
            }
            fields.field(number, wire, stop);
            at = stop;
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= b.length) {
                throw new IllegalArgumentException("cut short");
            }
            byte next = b[at++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }

    private long fixed64() {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | b[at + i] & 0xFF;
        }
        return value;
    }

    private String text(int end) {
        return new String(b, at, end - at, StandardCharsets.UTF_8);
    }

    private void resourceLogs(int end, Taker taker) throws IOException {
        // What is said of all of them may stand behind them.
        int from = at;
        messages = 0;
        ObjectNode resource = Shipped.JSON.createObjectNode();
        message(end, (field, wire, stop) -> {
            if (field == 1 && wire == 2) {
                body.treeOf(stop - at);
                message(stop, (f, w, s) -> {
                    if (f == 1 && w == 2) {
                        keyValue(s, resource.withArray("attributes").addObject(), 0);
                    }
                });
            }
        });
        JsonNode attributes = resource.path("attributes");
        at = from;
        messages = 0;
        message(end, (field, wire, stop) -> {
            if (field == 2 && wire == 2) {
                messages = 0;
                message(stop, (f, w, s) -> {
                    if (f == 2 && w == 2) {
                        messages = 0;
                        body.treeOf(s - at);
                        ObjectNode log = Shipped.JSON.createObjectNode();
                        logRecord(s, log);
                        taker.take(attributes, log);
                    }
                });
            }
        });
    }

    private void logRecord(int end, ObjectNode out) throws IOException {
        message(end, (field, wire, stop) -> {
            switch (field) {
                case 1 -> {
                    if (wire == 1) {
                        out.put("timeUnixNano", fixed64());
                    }
                }
                case 11 -> {
                    if (wire == 1) {
                        out.put("observedTimeUnixNano", fixed64());
                    }
                }
                case 3 -> {
                    if (wire == 2) {
                        out.put("severityText", text(stop));
                    }
                }
                case 5 -> {
                    if (wire == 2) {
                        anyValue(stop, out.putObject("body"), 0);
                    }
                }
                case 6 -> {
                    if (wire == 2) {
                        keyValue(stop, out.withArray("attributes").addObject(), 0);
                    }
                }
                default -> {}
            }
        });
    }

    private void keyValue(int end, ObjectNode out, int depth) throws IOException {
        message(end, (field, wire, stop) -> {
            if (field == 1 && wire == 2) {
                out.put("key", text(stop));
            } else if (field == 2 && wire == 2) {
                anyValue(stop, out.putObject("value"), depth + 1);
            }
        });
    }

    private void anyValue(int end, ObjectNode out, int depth) throws IOException {
        if (depth > DEPTH) {
            throw new IllegalArgumentException("nested too deep");
        }
        message(end, (field, wire, stop) -> {
            switch (field) {
                case 1 -> out.put("stringValue", text(stop));
                case 2 -> out.put("boolValue", varint() != 0);
                case 3 -> out.put("intValue", varint());
                case 4 -> {
                    if (wire == 1) {
                        out.put("doubleValue", Double.longBitsToDouble(fixed64()));
                    }
                }
                case 5 -> {
                    ObjectNode list = out.putObject("arrayValue");
                    message(stop, (f, w, s) -> {
                        if (f == 1 && w == 2) {
                            anyValue(s, list.withArray("values").addObject(), depth + 1);
                        }
                    });
                }
                case 6 -> {
                    ObjectNode list = out.putObject("kvlistValue");
                    message(stop, (f, w, s) -> {
                        if (f == 1 && w == 2) {
                            keyValue(s, list.withArray("values").addObject(), depth + 1);
                        }
                    });
                }
                case 7 -> {
                    if (wire == 2) {
                        out.put(
                                "bytesValue",
                                Base64.getEncoder().encodeToString(java.util.Arrays.copyOfRange(b, at, stop)));
                    }
                }
                default -> {}
            }
        });
    }
}
