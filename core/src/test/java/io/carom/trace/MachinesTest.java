package io.carom.trace;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.observe.Address;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MachinesTest {
    private static final int FEW = 8;

    private static Address address(int i) {
        return Objects.requireNonNull(Address.of("10.1.1." + (i + 1)));
    }

    private static Map<String, String> labels(Machines machines) {
        Map<String, String> out = new TreeMap<>();
        for (int i = 0; i < FEW; i++) {
            out.put(address(i).text(), machines.label(address(i).text()));
        }
        return out;
    }

    private static Map<String, String> places(Machines machines) {
        Map<String, String> out = new TreeMap<>();
        for (int i = 0; i < FEW; i++) {
            out.put("ws" + i, String.valueOf(machines.address("ws" + i)));
        }
        return out;
    }

    @Test
    void whatIsCalledOtherwiseIsTold() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Machines machines = new Machines();
            Set<String> addresses = new HashSet<>();
            Set<String> names = new HashSet<>();
            machines.onRenamed(addresses::add, names::add);
            for (int i = 0; i < 300; i++) {
                Map<String, String> before = labels(machines);
                Map<String, String> was = places(machines);
                addresses.clear();
                names.clear();
                String host = "ws" + random.nextInt(FEW) + ".acme.example";
                Address address = address(random.nextInt(FEW));
                if (random.nextInt(20) == 0) {
                    machines.learn(host, address, 1 + random.nextInt(2));
                } else {
                    machines.coincide(host, address);
                }
                labels(machines).forEach((one, label) -> {
                    if (!label.equals(before.get(one))) {
                        assertTrue(addresses.contains(one), () -> one + " is " + label);
                        assertTrue(names.contains(label) && names.contains(before.get(one)), () -> one + ": " + names);
                    }
                });
                String name = Machines.shortName(host);
                if (!Objects.equals(places(machines).get(name), was.get(name))) {
                    assertTrue(names.contains(name), () -> name + ": " + names);
                }
            }
        }
    }
}
