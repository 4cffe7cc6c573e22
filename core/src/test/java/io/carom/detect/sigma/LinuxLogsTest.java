package io.carom.detect.sigma;

import java.nio.file.*;
import org.junit.jupiter.api.Test;

class LinuxLogsTest {
    @Test
    void show() throws Exception {
        var titles = new java.util.TreeMap<String, String>();
        for (Rule r : SigmaHqRulesTest.read("sigma/rules.tar.gz", "").rules()) titles.put(r.id(), r.title());
        for (String f : new String[] {
            "auditd/in.log",
            "auditd/in-syslog.log",
            "journald/in.json",
            "bind-query/in.log",
            "dnsmasq/in.log",
            "apache-error/in.log",
            "nginx-error/in.log"
        }) {
            System.out.println("== " + f);
            SigmaRun.matches(
                            "x",
                            Files.readAllBytes(Path.of(
                                    System.getProperty("carom.root", "."), "core/src/test/resources/golden/" + f)))
                    .forEach((id, n) -> System.out.println("   " + n + " " + titles.get(id)));
        }
        System.out.println("== dd");
        SigmaRun.matches(
                        "x",
                        Files.readAllBytes(
                                Path.of(
                                        "/tmp/unixdata/atomic/linux/defense_evasion/host/sh_binary_padding_dd.zip.d/sh_binary_padding_dd_2020-11-10081941.log")))
                .forEach((id, n) -> System.out.println("   " + n + " " + titles.get(id)));
    }
}
