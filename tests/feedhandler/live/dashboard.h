// What Grafana's import and its panels want of a dashboard, checked against metrics that a handler really
// has: this reads the queries from their text alone.
//
//   EXPECT_THAT(DashboardFaults(dashboard, metrics), IsEmpty());
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_DASHBOARD_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_DASHBOARD_H_

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace fh::test {

// A sentence a fault. Of the whole: no uid, schema, input for the data source, or another one named; numbers
// that occur twice, panels that overlap or stand beside the grid. Of a query: a metric, a label or a value of
// one that `metrics` (Prometheus' text) does not have, a counter that is not within rate or increase, a gauge
// that is, histogram_quantile without le, a division by what may be zero, a variable or a label of the legend
// that is not there, a unit that is not that of what is drawn.
std::vector<std::string> DashboardFaults(const nlohmann::json& dashboard,
                                         const std::string& metrics);

// The metrics that its panels name, without _bucket, _sum and _count.
std::set<std::string> DashboardMetrics(const nlohmann::json& dashboard);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_LIVE_DASHBOARD_H_
