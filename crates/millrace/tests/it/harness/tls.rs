//! A certification authority of the test's own, and a certificate by it for a server on this machine.

use super::Sandbox;

/// Valid while it lives.
pub(crate) struct TestCa {
    files: Sandbox,
}

impl TestCa {
    /// A new one; openssl makes it.
    pub(crate) fn new() -> Self {
        let files = Sandbox::new();
        files.write("extensions", "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n");
        for arguments in [
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 30 \
             -subj /CN=Millrace-Test-CA -addext keyUsage=critical,keyCertSign,cRLSign",
            "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 20 -extfile extensions",
        ] {
            let words: Vec<&str> = arguments.split_whitespace().collect();
            files.run("openssl", &words).expect_success();
        }
        Self { files }
    }

    /// What clients must trust, as PEM.
    pub(crate) fn pem(&self) -> Vec<u8> {
        self.files.read("ca.pem")
    }

    /// The file with it.
    pub(crate) fn file(&self) -> String {
        self.files.path("ca.pem").display().to_string()
    }

    /// The flags of a server that uses the certificate.
    pub(crate) fn flags(&self) -> Vec<String> {
        let set = |key: &str, file: &str| {
            let file = self.files.path(file).display().to_string();
            ["--set".to_owned(), format!("server.{key}={file}")]
        };
        [set("tls_certificate", "server.pem"), set("tls_key", "server.key")].concat()
    }
}
