"""The paper's first theorem, decided: the smallest counterexample and the sums that refute it."""

import stackel

claim = stackel.verify("thm-1", budget="quick")["thm-1"]

print(claim.short)
print(f"verdict: {claim.verdict}; the paper's proof: {claim.paper_proof}")
for evidence in claim.evidence:
    print(f"{evidence.kind}: {evidence.says}")
    for line in evidence.lines:
        print("   ", line)
print(f"what is true instead: {claim.replacement}")
