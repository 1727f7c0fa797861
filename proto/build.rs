//! Generates the interface: descriptors by protox (no protoc), messages and servers by tonic, proto JSON by pbjson.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

const FILES: [&str; 11] = [
    "cpc/v1/common.proto",
    "cpc/v1/joining.proto",
    "cpc/v1/keys.proto",
    "cpc/v1/service_tokens.proto",
    "cpc/v1/identity.proto",
    "cpc/v1/discovery.proto",
    "cpc/v1/allocation.proto",
    "cpc/v1/peers.proto",
    "cpc/v1/registry.proto",
    "cpc/v1/events.proto",
    "cpc/v1/admin.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=cpc");
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let descriptors = protox::Compiler::new(["."])?
        .include_imports(true)
        .include_source_info(true)
        .open_files(FILES)?
        .file_descriptor_set();
    let encoded = descriptors.encode_to_vec();
    fs::write(out.join("descriptors.bin"), &encoded)?;

    // Servers decode with a codec of ours, so that an undecodable request is the caller's fault; a client keeps tonic's.
    // Hence two passes: messages and servers, then clients over the same messages.
    let servers = out.join("servers");
    let clients = out.join("clients");
    fs::create_dir_all(&servers)?;
    fs::create_dir_all(&clients)?;
    tonic_prost_build::configure()
        .build_client(false)
        // The daemon answers unary calls from one table (cpcd's calls/table); a service's trait is left with its streams.
        .generate_default_stubs(true)
        .codec_path("crate::codec::RequestCodec")
        .compile_well_known_types(true)
        .extern_path(".google.protobuf", "::pbjson_types")
        .out_dir(&servers)
        .compile_fds(descriptors.clone())?;
    tonic_prost_build::configure()
        .build_server(false)
        .compile_well_known_types(true)
        .extern_path(".google.protobuf", "::pbjson_types")
        .extern_path(".cpc.v1", "crate::v1")
        .out_dir(&clients)
        .compile_fds(descriptors)?;
    pbjson_build::Builder::new().register_descriptors(&encoded)?.build(&[".cpc.v1"])?;
    Ok(())
}
