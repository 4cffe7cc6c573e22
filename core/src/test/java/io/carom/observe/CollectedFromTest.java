package io.carom.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectedFromTest {
    @ParameterizedTest
    @CsvSource({
        "/cases/acme/anydesk/ERP01/ad_svc.trace, erp01",
        "/cases/PC7/C/ProgramData/AnyDesk/ad_svc.trace, pc7",
        "D:\\kape\\PC-7.acme.example\\C\\Users\\j.doe\\AppData\\Roaming\\AnyDesk\\ad.trace, pc-7.acme.example",
        "/cases/acme/srv9/home/bob/.anydesk/anydesk.trace, srv9",
        "/cases/acme/srv9/var/log/anydesk.trace, srv9",
        "/kape/PC8/E%3A/ProgramData/TeamViewer/Connections_incoming.txt, pc8",
        "/cases/acme/teamviewer/Connections_incoming.txt, ''",
        "Connections_incoming.txt, ''",
        "/x/1234/anydesk/ad.trace, ''",
        "/x/<img src=x>/ad.trace, ''"
    })
    void theNearestFolderThatMayBeAMachine(String path, String machine) {
        assertEquals(machine, CollectedFrom.machine(path, "acme"));
    }
}
