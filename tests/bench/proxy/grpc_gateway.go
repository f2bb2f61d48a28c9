// A reverse proxy as protoc-gen-grpc-gateway makes it, in front of AccountService: a floor of the REST row.
//
// usage: grpc_gateway ADDRESS BACKEND
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/grpc-ecosystem/grpc-gateway/runtime"
	"google.golang.org/grpc"

	account "kam/account/v1"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: grpc_gateway ADDRESS BACKEND")
	}
	mux := runtime.NewServeMux()
	options := []grpc.DialOption{grpc.WithInsecure()}
	if err := account.RegisterAccountServiceHandlerFromEndpoint(context.Background(), mux, os.Args[2], options); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(os.Args[1], mux))
}
