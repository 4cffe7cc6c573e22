package io.carom.run;

import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Origin;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Random observations of every kind there is, also of kinds that come later.
final class Observations {
    private Observations() {}

    static List<Observation> ofEveryKind(int count, long seed) {
        Random random = new Random(seed);
        Class<?>[] kinds = Observation.class.getPermittedSubclasses();
        List<Observation> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(of(kinds[i % kinds.length], random));
        }
        return out;
    }

    private static Observation of(Class<?> kind, Random random) {
        try {
            RecordComponent[] parts = kind.getRecordComponents();
            Class<?>[] types = new Class<?>[parts.length];
            @Nullable Object[] values = new Object[parts.length];
            for (int i = 0; i < parts.length; i++) {
                types[i] = parts[i].getType();
                values[i] = value(parts[i], random);
            }
            return (Observation) kind.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static @Nullable Object value(RecordComponent part, Random random) {
        Class<?> type = part.getType();
        if (type == Origin.class) {
            return new Origin("c" + random.nextInt(3), random.nextInt(9), random.nextLong(1, 1L << 40), 3, 4001);
        }
        if (type == Address.class) {
            // Only where the record says so may an address be missing.
            boolean may = part.getAnnotatedType().getAnnotations().length > 0;
            String text = random.nextBoolean()
                    ? "10." + random.nextInt(256) + ".3." + random.nextInt(256)
                    : "2001:db8::" + Integer.toHexString(random.nextInt(65_536));
            return may && random.nextInt(4) == 0 ? null : Objects.requireNonNull(Address.of(text));
        }
        if (type == Observation.Carried.class) {
            return random.nextBoolean()
                    ? Observation.Carried.UNKNOWN
                    : new Observation.Carried(random.nextLong(), random.nextLong(-1, 9), random.nextLong(-1, 90_000));
        }
        if (type == String.class) {
            return random.nextInt(5) == 0 ? "" : "t" + random.nextInt(4000) + "é\0".substring(random.nextInt(3));
        }
        if (type == List.class) {
            return random.nextBoolean() ? List.of() : List.of("a" + random.nextInt(50), "b");
        }
        if (type.isEnum()) {
            Object[] all = type.getEnumConstants();
            return all[random.nextInt(all.length)];
        }
        if (type == int.class) {
            return random.nextInt(-1, 70_000);
        }
        if (type == float.class) {
            return random.nextFloat();
        }
        if (type == boolean.class) {
            return random.nextBoolean();
        }
        return part.getName().equals("time") ? random.nextLong(0, 5_000) : random.nextLong();
    }
}
