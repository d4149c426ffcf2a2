#include "rio/registered/errors_posix.h"

#include <cerrno>

namespace fh::rio {

abi::Error ErrorOfErrno(int error) {
  switch (error) {
    case 0:
      return abi::kOk;
    case EFAULT:
      return abi::kFault;
    case EINVAL:
    case EDESTADDRREQ:
    case EAFNOSUPPORT:
      return abi::kInvalid;
    case EALREADY:
      return abi::kAlready;
    case EBADF:
    case ENOTSOCK:
      return abi::kNotSocket;
    case EMSGSIZE:
      return abi::kMessageSize;
    case EOPNOTSUPP:
    case ENOSYS:
    case ENOPROTOOPT:
      return abi::kNotSupported;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
      return abi::kNetworkUnreachable;
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      return abi::kConnectionReset;
    case ENOBUFS:
    case ENOMEM:
      return abi::kNoBuffers;
    case ENOTCONN:
      return abi::kNotConnected;
    case ETOOMANYREFS:
      return abi::kTooManyReferences;
    case ECONNREFUSED:
      return abi::kConnectionRefused;
    case ECANCELED:
      return abi::kOperationAborted;
    default:
      return abi::kUnknown;
  }
}

}  // namespace fh::rio
