#!/usr/bin/env bash
# Builds the gRPC-gateway proxy of the REST row, from Debian's packages alone: golang-grpc-gateway and what it needs.
# usage: build_grpc_gateway.sh PROTO_FOLDER OUT_FOLDER      makes OUT_FOLDER/grpc_gateway
set -euo pipefail
protos=$1
out=$(readlink -m "$2")
here=$(dirname "$(readlink -f "$0")")
gocode=/usr/share/gocode/src
googleapis=$gocode/github.com/gogo/googleapis

files=(kam/api/field.proto kam/api/method.proto kam/api/resource.proto kam/api/standard.proto
  kam/account/v1/channel.proto kam/account/v1/account.proto kam/account/v1/account_ownership.proto
  kam/account/v1/account_service.proto)
# Our files name no Go package: the folder is the package. Those of Google are in the packages.
packages=paths=source_relative
for file in "${files[@]}"; do packages+=,M$file=$(dirname "$file"); done
packages+=,Mgoogle/api/annotations.proto=google.golang.org/genproto/googleapis/api/annotations
packages+=,Mgoogle/rpc/status.proto=google.golang.org/genproto/googleapis/rpc/status
packages+=,Mgoogle/type/money.proto=google.golang.org/genproto/googleapis/type/money
packages+=,Mgoogle/protobuf/field_mask.proto=google.golang.org/genproto/protobuf/field_mask
packages+=,Mgoogle/protobuf/timestamp.proto=github.com/golang/protobuf/ptypes/timestamp
packages+=,Mgoogle/protobuf/descriptor.proto=github.com/golang/protobuf/protoc-gen-go/descriptor

src=$out/go/src
rm -rf "$out/go"
mkdir -p "$src/kam/bench"
for folder in kam/api kam/account/v1; do
  of_folder=()
  for file in "${files[@]}"; do [ "$(dirname "$file")" = $folder ] && of_folder+=("$file"); done
  protoc -I"$protos" -I"$googleapis" --go_out="plugins=grpc,$packages:$src" "${of_folder[@]}"
done
protoc -I"$protos" -I"$googleapis" --grpc-gateway_out="$packages:$src" kam/account/v1/account_service.proto
cp "$here/grpc_gateway.go" "$src/kam/bench/main.go"
GO111MODULE=off GOFLAGS= GOPATH=$out/go:/usr/share/gocode GOCACHE=$out/go/cache \
  go build -o "$out/grpc_gateway" kam/bench
