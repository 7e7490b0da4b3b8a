// Command pki makes the certificates and keys named by a JSON request on standard input, as PEM files in one directory.
// It is idempotent: a certificate is made again only when it is missing, does not fit the request, was signed by another
// authority or has less than thirty days left.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	lifetime  = 10 * 365 * 24 * time.Hour
	renewal   = 30 * 24 * time.Hour
	clockSkew = time.Hour
)

type request struct {
	// Directory that holds NAME.crt and NAME.key of everything below.
	Directory    string
	Authorities  []string
	Certificates []certificate
	// KeyPairs are key files without a certificate: NAME.key and NAME.pub.
	KeyPairs []string
}

type certificate struct {
	Name          string
	Authority     string
	CommonName    string
	Organizations []string
	// Hosts are the DNS names and addresses that a server answers to; none makes a client-only certificate.
	Hosts []string
}

func main() {
	var wanted request
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		fail(err)
	}
	if err := issue(wanted); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pki:", err)
	os.Exit(1)
}

func issue(wanted request) error {
	if err := os.MkdirAll(wanted.Directory, 0o700); err != nil {
		return err
	}
	store := store{wanted.Directory}
	for _, name := range wanted.Authorities {
		if err := store.authority(name); err != nil {
			return fmt.Errorf("authority %s: %w", name, err)
		}
	}
	for _, each := range wanted.Certificates {
		if err := store.certificate(each); err != nil {
			return fmt.Errorf("certificate %s: %w", each.Name, err)
		}
	}
	for _, name := range wanted.KeyPairs {
		if err := store.keyPair(name); err != nil {
			return fmt.Errorf("key pair %s: %w", name, err)
		}
	}
	return nil
}

type store struct{ directory string }

func (s store) authority(name string) error {
	if existing, _, err := s.load(name); err == nil && time.Until(existing.NotAfter) > renewal {
		return nil
	}
	template := newTemplate(pkix.Name{CommonName: name})
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	return s.sign(name, template, key, template, key)
}

func (s store) certificate(wanted certificate) error {
	authority, authorityKey, err := s.load(wanted.Authority)
	if err != nil {
		return err
	}
	template := newTemplate(pkix.Name{CommonName: wanted.CommonName, Organization: wanted.Organizations})
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	for _, host := range wanted.Hosts {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	if len(wanted.Hosts) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	if existing, _, err := s.load(wanted.Name); err == nil && fits(existing, template, authority) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	return s.sign(wanted.Name, template, key, authority, authorityKey)
}

func (s store) keyPair(name string) error {
	if _, err := os.Stat(s.path(name, "key")); err == nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return errors.Join(s.write(name, "pub", "PUBLIC KEY", public), s.writeKey(name, key))
}

func newTemplate(subject pkix.Name) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(err) // the system has no randomness
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-clockSkew),
		NotAfter:     time.Now().Add(lifetime),
	}
}

func fits(existing, wanted, authority *x509.Certificate) bool {
	sameAddresses := slices.EqualFunc(existing.IPAddresses, wanted.IPAddresses, net.IP.Equal)
	return existing.CheckSignatureFrom(authority) == nil &&
		time.Until(existing.NotAfter) > renewal &&
		existing.Subject.String() == wanted.Subject.String() &&
		slices.Equal(existing.DNSNames, wanted.DNSNames) && sameAddresses &&
		slices.Equal(existing.ExtKeyUsage, wanted.ExtKeyUsage)
}

func (s store) sign(name string, template *x509.Certificate, key *ecdsa.PrivateKey, authority *x509.Certificate, authorityKey *ecdsa.PrivateKey) error {
	signed, err := x509.CreateCertificate(rand.Reader, template, authority, key.Public(), authorityKey)
	if err != nil {
		return err
	}
	return errors.Join(s.write(name, "crt", "CERTIFICATE", signed), s.writeKey(name, key))
}

func (s store) writeKey(name string, key *ecdsa.PrivateKey) error {
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return s.write(name, "key", "EC PRIVATE KEY", encoded)
}

func (s store) write(name, extension, kind string, content []byte) error {
	var file bytes.Buffer
	if err := pem.Encode(&file, &pem.Block{Type: kind, Bytes: content}); err != nil {
		return err
	}
	return os.WriteFile(s.path(name, extension), file.Bytes(), 0o600)
}

func (s store) load(name string) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	encoded, err := s.read(name, "crt")
	if err != nil {
		return nil, nil, err
	}
	loaded, err := x509.ParseCertificate(encoded)
	if err != nil {
		return nil, nil, err
	}
	encoded, err = s.read(name, "key")
	if err != nil {
		return nil, nil, err
	}
	key, err := x509.ParseECPrivateKey(encoded)
	if err != nil {
		return nil, nil, err
	}
	return loaded, key, nil
}

func (s store) read(name, extension string) ([]byte, error) {
	content, err := os.ReadFile(s.path(name, extension))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", s.path(name, extension))
	}
	return block.Bytes, nil
}

func (s store) path(name, extension string) string {
	return filepath.Join(s.directory, name+"."+extension)
}
